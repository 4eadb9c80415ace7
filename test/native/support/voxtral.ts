/** The tiny Voxtrals of test/fixtures/voxtral. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { manifestSchema } from '../../../src/engine/models/manifest';
import { decodeAudio } from '../../../src/engine/speech/audio/decodeAudio';
import type { SpeechParts } from '../../../src/engine/speech/recognizers';
import { loadTokenizer } from '../../../src/engine/text/tokenizer';
import { load } from './fixtures';

const fixtures = join(import.meta.dirname, '../../fixtures');
/** Of an embedding. */
export const width = 32;
export const read = <T>(id: string, file: string): T =>
  JSON.parse(readFileSync(join(fixtures, 'voxtral', id, file), 'utf8')) as T;
const clip = (name: string) => decodeAudio(readFileSync(join(fixtures, 'speech', `${name}.wav`)));

/** A clip, or several of them, 'a+b', one after the other. */
export async function sound(names: string): Promise<Float32Array> {
  const parts = await Promise.all(names.split('+').map(clip));
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

export async function parts(id: string, changed: object = {}): Promise<SpeechParts> {
  const manifest = v.parse(manifestSchema, { ...read<object>(id, 'model.json'), ...changed });
  const program = await load(join(fixtures, 'voxtral', id, 'model.pte'));
  const tokenizer = await loadTokenizer(join(fixtures, 'voxtral', id, 'tokenizer.json'));
  return { manifest, program, tokenizer, contextLength: manifest.contextLength };
}
