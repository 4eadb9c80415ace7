/** The utterances of test/voice as synthetic voices speak them: recognised, interpreted, scored. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';
import { commandReadings } from '../../src/engine/speech/commands/commandReadings';
import { placeOf, scored, type Scores, type Utterance } from '../unit/engine/speech/commands/utteranceSets';
import { joined, speak } from './sounds';

/**
 * flite's voices are cut from recordings of people, espeak-ng's are computed: the last two are as hard to understand as anybody. Not
 * hurried, with the moment of silence that a microphone hears before the first word.
 */
export const voices = ['flite/rms', 'flite/slt', 'en-us', 'en-gb-x-rp'];
const [speed, lead] = [140, 0.3];

export interface Listener {
  /** All readings, likeliest first. */
  hear(utterance: Utterance, voice: string): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** Remembers in `cacheFolder` what it heard: a change of grammar that leaves its phrases alone costs no recognition. */
export function createListener(model: string, cacheFolder: string): Listener {
  mkdirSync(cacheFolder, { recursive: true });
  const { engine, registry } = compose({ addon: loadAddon });
  return {
    async hear(utterance, voice) {
      const samples = joined([new Float32Array(0), await speak({ text: utterance.say, voice, speed })], lead);
      const options = { language: 'en', ...commandReadings(placeOf(utterance)) };
      const { source } = (await registry.get(model)).installed.manifest;
      const key = createHash('sha256').update(new Uint8Array(samples.buffer));
      const file = join(cacheFolder, `${key.update(JSON.stringify([source.sha256, options])).digest('hex')}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as string[];
      const { text, alternatives = [] } = await engine.transcribe({ model, samples, ...options });
      writeFileSync(file, JSON.stringify([text, ...alternatives]));
      return [text, ...alternatives];
    },
    dispose: () => engine.dispose(),
  };
}

export interface SpokenScores extends Scores {
  readonly voice: string;
}

/** `onHeard`: told after each recognition. */
export async function scoreSpoken(
  utterances: readonly Utterance[],
  voices: readonly string[],
  listener: Listener,
  onHeard: (done: number) => void,
): Promise<readonly SpokenScores[]> {
  const scores: SpokenScores[] = [];
  let done = 0;
  for (const voice of voices) {
    const heard = new Map<Utterance, readonly string[]>();
    for (const utterance of utterances) {
      heard.set(utterance, await listener.hear(utterance, voice));
      onHeard(++done);
    }
    scores.push({ voice, ...(await scored(utterances, (utterance) => heard.get(utterance)!, true)) });
  }
  return scores;
}
