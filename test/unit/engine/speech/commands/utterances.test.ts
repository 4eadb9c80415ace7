/** Every utterance of test/voice, from text to outcome. Nothing is tuned on the held-out set, so its failures are counted and not shown. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scored, utteranceSet } from './utteranceSets';
import { cheatSheet, scoreRow } from './voicePage';

const page = readFileSync('docs/VOICE.md', 'utf8');
/** If one of these fails: node scripts/generate-voice.mjs */
const upToDate = (part: string) => expect(page.includes(part), 'docs/VOICE.md is out of date').toBe(true);

describe('the utterances of test/voice', () => {
  it('are understood: at least 97 of 100, and nothing dangerous is run unasked', async () => {
    const scores = await scored(utteranceSet('utterances'));
    for (const line of scores.wrong) console.log(line);
    expect(scores.dangerousRuns).toBe(0);
    expect(scores.right / (scores.right + scores.wrong.length)).toBeGreaterThanOrEqual(0.97);
    upToDate(scoreRow('utterances', scores));
  });

  it('held out: the score is the one in docs/VOICE.md, and nothing dangerous is run unasked', async () => {
    const scores = await scored(utteranceSet('held-out'));
    expect(scores.dangerousRuns).toBe(0);
    upToDate(scoreRow('held-out', scores));
  });
});

describe('docs/VOICE.md', () => {
  it('has the grammar as it is', () => upToDate(cheatSheet()));
});
