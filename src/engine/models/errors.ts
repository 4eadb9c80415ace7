/** One factory a failure of the model store. */
import { PteronError } from '../../protocol';

export function modelNotFound(id: string, nearest: readonly string[]): PteronError {
  const hint = nearest.length > 0 ? `Did you mean ${nearest.join(' or ')}?` : 'No model is installed yet.';
  return new PteronError(
    'model_not_found',
    `There is no model "${id}".`,
    `${hint} \`pteron models list\` shows what is installed.`,
  );
}

export function manifestInvalid(path: string, why: string, cause?: unknown): PteronError {
  return new PteronError(
    'model_invalid',
    `${path} is not a valid model description: ${why}.`,
    'Export or install the model again.',
    { cause },
  );
}

export function programMissing(path: string): PteronError {
  return new PteronError('program_missing', `The program ${path} is not there.`, 'Export or install the model again.');
}

export function tokenizerInvalid(path: string, why: string, cause?: unknown): PteronError {
  return new PteronError(
    'tokenizer_invalid',
    `The tokenizer ${path} cannot be used: ${why}.`,
    'Put the tokenizer.json of this very model beside its program, or install the model again.',
    { cause },
  );
}

export function templateInvalid(path: string, why: string, cause?: unknown): PteronError {
  return new PteronError(
    'template_invalid',
    `The chat template ${path} does not render: ${why}.`,
    'Replace it with the template of this model, or install the model again.',
    { cause },
  );
}

export function roleMismatch(id: string, role: string, wanted: string): PteronError {
  return new PteronError(
    'model_role_mismatch',
    `The model "${id}" is a ${role} model and cannot be used for ${wanted}.`,
    `Choose a model whose role is ${wanted}: \`pteron models list\` shows the roles.`,
  );
}

export function outOfMemory(id: string, needed: number, available: number): PteronError {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return new PteronError(
    'out_of_memory',
    `The model "${id}" needs about ${gib(needed)}, but ${gib(available)} can be used.`,
    'Close other programs, raise the memory limit, or choose a smaller model.',
  );
}
