import { describe, expect, it } from 'vitest';
import { acceptedCleanUp, onlyRepunctuates } from '../../../../../src/engine/speech/dictation/cleanUp';

describe('onlyRepunctuates', () => {
  it.each([
    ['so we fixed the bug it was in the parser', 'So we fixed the bug. It was in the parser.'],
    ['its done', "It's done!"],
    ['we ship on monday', 'We ship on Monday…'],
    ['a well known bug', 'A well-known bug.'],
    ['call f(x) twice', 'Call f(x) twice.'],
    ['das heißt ja', 'Das heißt: ja.'],
  ])('accepts %j → %j', (before, after) => {
    expect(onlyRepunctuates(before, after)).toBe(true);
    expect(acceptedCleanUp(before, after)).toBe(after);
  });

  it.each([
    ['we fixed the bug', 'We fixed a bug.'],
    ['we fixed the bug', 'We have fixed the bug.'],
    ['delete the file', 'Delete the file? Sure, done.'],
    ['a b', 'B a.'],
    ['version 2.5', 'Version 25.'],
    ['version 25', 'Version 2.5.'],
    ['at 10:30', 'At 10.30.'],
    ['f(x) = 1', 'f(x) == 1'],
    ['a + b', 'a - b'],
    ['x', ''],
    ['', 'Hello.'],
    ['resume', 'résumé'],
  ])('refuses %j → %j', (before, after) => {
    expect(onlyRepunctuates(before, after)).toBe(false);
    expect(acceptedCleanUp(before, after)).toBe(before);
  });
});
