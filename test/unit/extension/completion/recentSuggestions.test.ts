import { describe, expect, it } from 'vitest';
import { RecentSuggestions } from '../../../../src/extension/completion/recentSuggestions';

const at = (prefix: string, suffix = '\nend') => ({ prefix, suffix, prefixOffset: 0, cursorOffset: prefix.length });

describe('RecentSuggestions', () => {
  const recent = new RecentSuggestions(2);
  recent.add('a', at('def f(x):\n    return '), 'x * 2');

  it('answers typing as suggested, and deleting it again', () => {
    expect(recent.remainder('a', at('def f(x):\n    return '))).toBe('x * 2');
    expect(recent.remainder('a', at('def f(x):\n    return x *'))).toBe(' 2');
  });

  it('knows nothing for other text, other documents, another suffix, or when all of it is typed', () => {
    expect(recent.remainder('a', at('def f(x):\n    return y'))).toBeUndefined();
    expect(recent.remainder('a', at('def g(x):\n    return '))).toBeUndefined();
    expect(recent.remainder('b', at('def f(x):\n    return '))).toBeUndefined();
    expect(recent.remainder('a', at('def f(x):\n    return ', '\nother'))).toBeUndefined();
    expect(recent.remainder('a', at('def f(x):\n    return x * 2'))).toBeUndefined();
  });

  it('allows for a bracket that the editor closed by itself', () => {
    const calls = new RecentSuggestions();
    calls.add('a', at('return f'), 'ib(n - 1) + fib(n - 2)');
    expect(calls.remainder('a', at('return fib(', ')\nend'))).toBe('n - 1) + fib(n - 2');
    expect(calls.remainder('a', at('return fib(', ']\nend'))).toBeUndefined();
    expect(calls.remainder('a', at('return fib(n', '\nend'))).toBe(' - 1) + fib(n - 2)');
  });

  it('forgets the oldest beyond its capacity', () => {
    recent.add('a', at('1'), 'one');
    recent.add('a', at('2'), 'two');
    expect(recent.remainder('a', at('def f(x):\n    return '))).toBeUndefined();
    expect(recent.remainder('a', at('2'))).toBe('two');
  });
});
