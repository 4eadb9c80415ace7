/** Every utterance of test/voice, from text to outcome. Nothing is tuned on the held-out set, so its failures are counted and not shown. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { scored, type Scores, utteranceSet } from './utteranceSets';
import { cheatSheet, scoreRow } from './voicePage';

// Hundreds of utterances, a second alone, and more where the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

const page = readFileSync('docs/VOICE.md', 'utf8');
/** If one of these fails: node scripts/generate-voice.mjs */
const upToDate = (part: string) => expect(page.includes(part), 'docs/VOICE.md is out of date').toBe(true);

const expectAsked = ({ dangerousRuns, takenForOthers }: Scores) =>
  expect({ dangerousRuns, takenForOthers }).toEqual({ dangerousRuns: 0, takenForOthers: 0 });

describe('the utterances of test/voice', () => {
  it('are understood: at least 97 of 100, and nothing dangerous is run unasked', async () => {
    const scores = await scored(utteranceSet('utterances'));
    for (const line of scores.wrong) console.log(line);
    expectAsked(scores);
    expect(scores.right / (scores.right + scores.wrong.length)).toBeGreaterThanOrEqual(0.97);
    upToDate(scoreRow('utterances', scores));
  });

  it('held out: the score is the one in docs/VOICE.md, and nothing dangerous is run unasked', async () => {
    const scores = await scored(utteranceSet('held-out'));
    expectAsked(scores);
    upToDate(scoreRow('held-out', scores));
  });

  it.each(['strangers', 'strangers-2'] as const)(
    'by %s to the grammar: the score is the one in docs/VOICE.md, and nothing dangerous is run unasked',
    async (name) => {
      const scores = await scored(utteranceSet(name));
      expectAsked(scores);
      upToDate(scoreRow(name, scores));
    },
  );
});

describe('other wordings', () => {
  it('mean the same where a command is given, and nothing in messages, prose and comments', async () => {
    const scores = await scored(utteranceSet('wordings'));
    expectAsked(scores);
    expect(scores.wrong).toEqual([]);
  });
});

describe('dictated code', () => {
  it('is written as each language wants it', async () => {
    expect((await scored(utteranceSet('code'))).wrong).toEqual([]);
  });
});

describe('what recognisers do to an utterance', () => {
  const capital = (said: string) => said.charAt(0).toUpperCase() + said.slice(1);
  const plain = utteranceSet('utterances').filter(({ say, none }) => /^[a-z]/.test(say) && none === undefined);
  const commands = plain.filter(
    ({ insert, in: place = 'ts' }) => insert === undefined && !['chat', 'txt', 'term'].includes(place),
  );
  const code = plain.filter(({ in: place = 'ts' }) => !['md', 'txt', 'chat', 'term'].includes(place));

  it.each([
    ['a sentence', code, (said: string) => `${capital(said)}.`],
    ['politeness and a filler', commands, (said: string) => `Um, could you ${said}, please?`],
  ])('%s: it changes nothing', async (_, utterances, hear) => {
    const scores = await scored(utterances, ({ say }) => [hear(say)]);
    const { right, wrong } = scores;
    for (const line of wrong) console.log(line);
    expectAsked(scores);
    expect(right / (right + wrong.length)).toBeGreaterThanOrEqual(0.99);
  });
});

describe('docs/VOICE.md', () => {
  it('has the grammar as it is', () => upToDate(cheatSheet()));
});
