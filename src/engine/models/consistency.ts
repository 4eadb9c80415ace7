/** Whether the files of a model folder belong together: told at load, where the cause can still be named. */
import type { Program } from '../native/addonTypes';
import type { Tokenizer } from '../text/tokenizer';
import { manifestInvalid, tokenizerInvalid } from './errors';
import type { Manifest } from './manifest';

/**
 * A context may be used in part, the rest must be the program's.
 * @throws model_invalid where model.json says something else; program_unsupported where it is no language model
 */
export function checkProgram(program: Program, manifest: Manifest, path: string): void {
  if (manifest.speech?.kind === 'parakeet') return; // no language model: its recognizer knows what it must be
  const { vocabulary, chunk, context } = program.languageModel(
    manifest.speech?.kind === 'whisper' ? 'decode' : 'forward',
  );
  const claims: readonly [string, number, number][] = [
    ['vocabularySize', manifest.vocabularySize, vocabulary],
    ['prefillChunk', manifest.prefillChunk, chunk],
    ['contextLength', manifest.contextLength, Math.min(manifest.contextLength, context ?? Infinity)],
  ];
  for (const [field, claimed, actual] of claims) {
    if (actual !== claimed) {
      throw manifestInvalid('model.json', `${field} is ${claimed}, where ${path} has ${actual}`);
    }
  }
}

/**
 * A program's vocabulary is often padded, by a twentieth at most; a few added tokens may lie beyond it (Gemma's image
 * marker). Anything else is another model's tokenizer.
 * @throws tokenizer_invalid
 */
export function checkTokenizer(tokenizer: Tokenizer, manifest: Manifest, path: string): void {
  const { vocabularySize, tokens, fim } = manifest;
  const size = tokenizer.vocabularySize;
  const padding = Math.max(64, vocabularySize / 20);
  if (size > vocabularySize + 16 || size < vocabularySize - padding) {
    throw tokenizerInvalid(path, `it has ${size} tokens, but the program has ${vocabularySize}`);
  }
  const markers = [tokens.bos, ...tokens.eos, ...(fim ? [fim.prefix, fim.suffix, fim.middle] : [])];
  const unknown = markers.find((id) => id !== null && tokenizer.spelling(id) === undefined);
  if (unknown !== undefined) throw tokenizerInvalid(path, `model.json names token ${unknown}, which it does not have`);
}
