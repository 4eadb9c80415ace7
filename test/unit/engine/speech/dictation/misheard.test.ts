import { describe, expect, it } from 'vitest';
import { dictate } from '../../../../../src/engine/speech/dictation/dictate';
import { withoutMishearings } from '../../../../../src/engine/speech/dictation/misheard';

describe('what is misheard in code', () => {
  it.each([
    ['go', 'Funk camel parse body', 'func camel parse body'],
    ['go', 'open paren our star http', 'open paren r star http'],
    ['python', 'Death load open paren', 'def load open paren'],
    ['python', 'x equals non.', 'x equals none'],
    ['script', 'throw new arrow', 'throw new error'],
    ['script', 'order doted', 'order dot id'],
    ['script', 'a end end b', 'a and and b'],
    ['script', 'cabet case main content', 'kebab case main content'],
    ['script', 'Open bracket 1, 2, 3 close bracket.', 'Open bracket 1, comma 2, comma 3 close bracket.'],
    ['python', "self dot user's", 'self dot users'],
    ['python', 'fibonacci open paren and close paren', 'fibonacci open paren n close paren'],
    ['shell', 'ls pipe grip dash v', 'ls pipe grep dash v'],
    ['go', "if they're not equals nil", 'if err not equals nil'],
    ['python', 'fibonacci of N-1.', 'fibonacci of N minus 1'],
  ] as const)('%s: %s', (family, heard, meant) => {
    expect(withoutMishearings(heard.split(' '), family).join(' ')).toBe(meant);
  });

  it.each([
    ['python', 'life and death'],
    ['script', 'the funk of it'],
    ['script', 'arrow function'],
    ['script', 'the end of it'],
    ['script', 'in the case of it'],
    ['python', 'salt and pepper'],
    ['shell', 'grab it'],
    ['shell', 'head n-1'],
    ['script', 'utf-8'],
    ['script', "it's a name"],
  ] as const)('%s: %s stays', (family, said) => {
    expect(withoutMishearings(said.split(' '), family).join(' ')).toBe(said);
  });

  it('is left alone in prose', () => {
    expect(dictate('it is non empty', { languageId: 'markdown' }).text).toContain('non empty');
  });

  it('knows Python’s own names and the letters’ names', () => {
    expect(dictate('dunder in it', { languageId: 'python' }).text).toBe('__init__');
    expect(dictate('dunder my name', { languageId: 'python' }).text).toBe('__my_name__');
    expect(dictate('spell november pop a mic', { languageId: 'python' }).text).toBe('npm');
  });
});
