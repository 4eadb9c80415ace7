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

export function nothingAt(path: string): PteronError {
  const remedy = 'Give a model folder, a folder with a .pte and its tokenizer.json, or a .pte.';
  return new PteronError('model_not_found', `There is nothing at ${path}.`, remedy);
}

/** `other`: the tokenizer of another kind that lies there instead. */
export function tokenizerMissing(folder: string, other?: string): PteronError {
  const instead = other === undefined ? '' : `, and ${other} is of another kind`;
  return new PteronError(
    'tokenizer_invalid',
    `There is no tokenizer.json in ${folder}${instead}.`,
    'Put the tokenizer.json of this very model (from its Hugging Face repository) beside the program, or name it with --tokenizer.',
  );
}

export function alreadyInstalled(id: string): PteronError {
  return new PteronError(
    'invalid_argument',
    `A model "${id}" is installed already.`,
    `Give this one another id with --id, or run \`pteron models remove ${id}\` first.`,
  );
}

export function invalidId(id: string): PteronError {
  return new PteronError(
    'invalid_argument',
    `"${id}" cannot be a model's id.`,
    'Give one with --id: lower-case letters, digits, dots, dashes and underscores, 64 at most, a letter or digit first.',
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

/** `need`: bytes by part at that context; `shortened`: whether the context was made as short as is useful already. */
export function outOfMemory(
  id: string,
  { weights, state, work }: { weights: number; state: number; work: number },
  contextLength: number,
  available: number,
  shortened: boolean,
): PteronError {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  const parts = `${gib(weights)} of weights, ${gib(state)} for a context of ${contextLength} tokens, ${gib(work)} to work with`;
  return new PteronError(
    'out_of_memory',
    `The model "${id}" needs ${gib(weights + state + work)} (${parts}), but ${gib(available)} can be used.`,
    `Close other programs, raise the memory limit, or choose a smaller model or a lower quantization${shortened ? '' : ', or export it with a shorter context (--context)'}.`,
  );
}
