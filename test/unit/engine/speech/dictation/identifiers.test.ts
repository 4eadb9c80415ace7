import { describe, expect, it } from 'vitest';
import { identifiersOf } from '../../../../../src/engine/speech/dictation/identifiers';

const names = (text: string, languageId: string) => identifiersOf(text, languageId).map(({ name }) => name);
const declared = (text: string, languageId: string) =>
  identifiersOf(text, languageId)
    .filter(({ declaredAt }) => declaredAt !== null)
    .map(({ name }) => name);

describe('identifiersOf', () => {
  it('passes over strings and comments, and keeps offsets', () => {
    const text = 'const a = "no"; // nor this\n/* nor\nthis */ b(a);';
    expect(names(text, 'typescript')).toEqual(['a', 'b']);
    expect(identifiersOf(text, 'typescript')[0]!.offsets).toEqual([6, text.lastIndexOf('a')]);
    expect(names('x = 1  # no\n"""\ndoc\n"""\ny', 'python')).toEqual(['x', 'y']);
  });

  it.each([
    ['python', 'class A:\n    def f(self):\n        return g(1)\n\nLIMIT = 3\n', ['A', 'f', 'LIMIT']],
    [
      'typescript',
      'export class A {\n  async f(x: B): Promise<C> {\n    if (x) {\n      g(x);\n    }\n  }\n}',
      ['A', 'f'],
    ],
    ['go', 'func (s *Server) Handle(w W) {\n\tx := f(w)\n}\ntype T struct {\n}', ['Handle', 'T']],
    ['rust', 'pub fn next(&mut self) -> Option<u32> {\n    let mut n = 0;\n}', ['next', 'n']],
    [
      'java',
      'public class A {\n    private List<B> find(String id) {\n        return x.get(id);\n    }\n}',
      ['A', 'find'],
    ],
    ['cpp', 'float dot(const V& a) {\n  for (int i = 0;;) {\n  }\n}', ['dot']],
  ])('finds declarations in %s', (languageId, text, expected) => {
    expect(declared(text, languageId)).toEqual(expected);
  });
});
