/** Every utterance of test/voice, from text to outcome. Nothing is tuned on the held-out set, so its failures are counted and not shown. */
import { describe, expect, it } from 'vitest';
import { scored, utteranceSet } from './utteranceSets';

describe('the utterances of test/voice', () => {
  it('are understood: at least 97 of 100', async () => {
    const { right, wrong } = await scored(utteranceSet('utterances'));
    for (const line of wrong) console.log(line);
    expect(right / (right + wrong.length)).toBeGreaterThanOrEqual(0.97);
  });

  it.each(['utterances', 'held-out'] as const)('%s: nothing dangerous is run unasked', async (name) => {
    expect((await scored(utteranceSet(name))).dangerousRuns).toBe(0);
  });
});
