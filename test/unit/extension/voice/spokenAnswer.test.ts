import { describe, expect, it } from 'vitest';
import { spokenAnswer } from '../../../../src/extension/voice/spokenAnswer';

describe('an answer', () => {
  const harmless = { dangerous: false, choices: 1 };
  const dangerous = { dangerous: true, choices: 1 };
  const list = { dangerous: false, choices: 3 };
  it.each([
    ['Yes.', harmless, 'yes'],
    ['Yeah.', harmless, 'yes'],
    ['Yeah.', dangerous, undefined], // what noise is heard as
    ['Run it.', dangerous, 'yes'],
    ['Confirm!', dangerous, 'yes'],
    ['No.', dangerous, 'no'],
    ['Don’t run it', dangerous, 'no'],
    ['never mind', list, 'no'],
    ['go to line ten', harmless, undefined],
    ['the second one', list, 1],
    ['Number 3.', list, 2],
    ['four', list, undefined],
    ['yes', list, undefined],
  ])('“%s” to %o is %s', (text, question, expected) => {
    const answer = spokenAnswer(text, question);
    expect(answer?.kind === 'nth' ? answer.index : answer?.kind).toBe(expected);
  });
});
