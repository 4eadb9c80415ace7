/** Readings of a recogniser without guidance (Parakeet), from its doubts to what is done. */
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../../src/engine/models/manifest';
import { commandReadings } from '../../../../../src/engine/speech/commands/commandReadings';
import { interpretSpeech } from '../../../../../src/engine/speech/commands/interpretSpeech';
import { ParakeetRecognizer } from '../../../../../src/engine/speech/parakeet/recognizer';
import type { Tokenizer } from '../../../../../src/engine/text/tokenizer';
import type { SpeechMode } from '../../../../../src/protocol';
import { doubt, fakeParakeet, shape, vocabulary } from '../parakeet/fakeParakeet';

const document = { languageId: 'typescript', text: "import { fetchOrders } from './orders';\n\n" };
const sound = Float32Array.from({ length: 32_000 }, (_, i) => 0.1 * Math.sin(i * i * 0.001));

/** A word and, where it is in doubt, the one that it is nearly taken for. */
type Heard = readonly [string] | readonly [string, string];

async function understand(said: readonly Heard[], mode?: SpeechMode) {
  const words = said.flat();
  const tokenizer = { bytes: (id: number) => Buffer.from(` ${words[id]}`) } as unknown as Tokenizer;
  const program = fakeParakeet((frame) => {
    const heard = frame % 3 === 0 ? said[frame / 3] : undefined;
    if (!heard) return [shape.blank, 1];
    const [word, rival] = heard;
    return doubt({ [words.indexOf(word)]: 5, ...(rival === undefined ? {} : { [words.indexOf(rival)]: 4 }) }, 1);
  });
  const manifest = { vocabularySize: vocabulary } as Manifest;
  const recognizer = ParakeetRecognizer.of({ program, tokenizer, manifest, contextLength: 500 }, shape);
  const { text, alternatives = [] } = await recognizer.recognize(sound, commandReadings({ mode, document }));
  const { heard, outcome } = await interpretSpeech({
    alternatives: [text, ...alternatives],
    document,
    ...(mode && { mode }),
  });
  return { text, heard, outcome };
}

describe('what Parakeet is in doubt about', () => {
  it('is the command that makes sense', async () => {
    const { text, heard, outcome } = await understand([['slit', 'split'], ['terminal']]);
    expect({ text, heard }).toEqual({ text: 'slit terminal', heard: 'split terminal' });
    expect(outcome).toMatchObject({ kind: 'run', command: { command: 'workbench.action.terminal.split' } });
  });

  it('is the name that the open file imports', async () => {
    const { text, heard, outcome } = await understand([['match', 'fetch'], ['orders']], 'dictation');
    expect({ text, heard }).toEqual({ text: 'match orders', heard: 'fetch orders' });
    expect(outcome).toMatchObject({ kind: 'insert', text: 'fetchOrders' });
  });

  it('is the name that a command can find', async () => {
    const { heard, outcome } = await understand([['go'], ['to'], ['match', 'fetch'], ['orders']]);
    expect(heard).toBe('go to fetch orders');
    expect(outcome).toMatchObject({ kind: 'run', command: { target: { name: 'fetchOrders' } } });
  });

  it('is left as it was said where that makes as much sense', async () => {
    expect(await understand([['undo', 'redo']])).toMatchObject({ text: 'undo', heard: 'undo' });
  });
});
