import { describe, expect, it } from 'vitest';
import { CompletionStops } from '../../../../../src/engine/text/stops/completionStops';

/** Feeds `generated` character by character; what was read when it stopped (null: it never did), and what is shown. */
function complete(prefix: string, suffix: string, generated: string, multiline = true) {
  const rule = new CompletionStops({ prefix, suffix, multiline });
  let settled = '';
  for (let end = 1; end <= generated.length; end++) {
    const text = generated.slice(0, end);
    const { stop, settled: length } = rule.check(text);
    if (stop) return { read: text, shown: rule.trim(text), settled };
    expect(text.slice(0, length).startsWith(settled)).toBe(true);
    settled = text.slice(0, length);
  }
  const shown = rule.trim(generated);
  expect(shown.startsWith(settled)).toBe(true);
  return { read: null, shown, settled };
}

describe('a single-line completion', () => {
  it('ends at the line’s end', () => {
    const { read, shown } = complete('return', '', ' fib(n - 1)\n\nmore', false);
    expect(read).toBe(' fib(n - 1)\n');
    expect(shown).toBe(' fib(n - 1)');
  });

  it('goes past an empty rest of line to the first line with something on it', () => {
    expect(complete('if x:', '', '\n    y = 1\n    z = 2\n', false).shown).toBe('\n    y = 1');
  });

  it('is what the middle of a line gets, without what is there already', () => {
    const { read, shown } = complete('foo(', ', d)\n', 'a, b, d)\nbar()\n');
    expect(read).toBe('a, b, d)\n');
    expect(shown).toBe('a, b');
  });

  it('leaves the closing bracket that the editor typed', () => {
    expect(complete('print(', ')\n', 'x)\nprint(y)\n', false).shown).toBe('x');
  });
});

describe('a multi-line completion', () => {
  it('ends where the indentation falls below that of the cursor’s block', () => {
    const generated = ' fib(n - 1) + fib(n - 2)\n\nprint(fib(10))\n';
    const { read, shown } = complete('def fib(n):\n    if n < 2:\n        return n\n    return', '', generated);
    expect(shown).toBe(' fib(n - 1) + fib(n - 2)');
    // Its first character shows that a line has left the block.
    expect(read).toBe(' fib(n - 1) + fib(n - 2)\n\np');
  });

  it('takes the block that the cursor’s line opened, with its closing bracket', () => {
    const generated = '\n  const x = 1;\n  return x;\n}\n\nfunction other() {\n';
    expect(complete('function one() {', '', generated).shown).toBe('\n  const x = 1;\n  return x;\n}');
  });

  it('waits where a line may still become a closing bracket', () => {
    const { read, shown } = complete('if x then', '', '\n  y = 1\nend\nelse_branch()\n');
    expect(shown).toBe('\n  y = 1\nend');
    expect(read).toBe('\n  y = 1\nend\n');
  });

  it('takes the block that its own first line opened', () => {
    expect(complete('def f', '', '(n):\n    return n\nf(3)\n').shown).toBe('(n):\n    return n');
  });

  it('ends before a bracket that closes somebody else’s block', () => {
    expect(complete('function one() {\n  ', '}', 'return 1;\n}\n').shown).toBe('return 1;');
  });

  it('ends at the second blank line', () => {
    const { read, shown } = complete('class A:\n    ', '', 'x = 1\n\n\n    y = 2\n');
    expect(read).toBe('x = 1\n\n\n');
    expect(shown).toBe('x = 1');
  });

  it('ends at the first blank line at the top level', () => {
    expect(complete('import os\n', '', 'import sys\n\nimport json\n').shown).toBe('import sys');
  });

  it('ends where it would write what follows already', () => {
    const { read, shown } = complete('a = 1\n', '\n\nc = 3\n', 'b = 2\nc = 3\nd = 4\n');
    expect(read).toBe('b = 2\nc = 3\n');
    expect(shown).toBe('b = 2');
  });

  it('ends when lines repeat', () => {
    const { read, shown } = complete('def f():\n    ', '', '    x = 1\n'.repeat(20).trimStart());
    expect(read!.length).toBeLessThan(60);
    expect(shown).toBe('x = 1\n    x = 1');
  });

  it('ends when text loops inside a line', () => {
    const { read, shown } = complete('x = ', '', 'foo(bar, '.repeat(40));
    expect(read!.length).toBeLessThan(60);
    expect(shown).toBe('foo(bar,');
  });

  it('leaves rules of dashes alone', () => {
    const rule = `# ${'-'.repeat(76)}`;
    expect(complete('x = 1\n', '', `${rule}\n# Section\n`).shown).toBe(`${rule}\n# Section`);
  });

  it('shows nothing rather than white space', () => {
    expect(complete('x = 1\n', '', '\n\n\n\n').shown).toBe('');
  });

  it('keeps what a token limit cut off', () => {
    expect(complete('def f():\n    ', '', 'x = 1\n    y =').shown).toBe('x = 1\n    y =');
    expect(complete('def f():\n    ', '', 'x = 1\nprint(').shown).toBe('x = 1');
  });

  it('streams only what stays, and streams something', () => {
    const body = Array.from({ length: 30 }, (_, i) => `    value_${i} = compute(${i * 31})\n`).join('');
    const { settled, shown } = complete('def f():\n', '', `${body}print()\n`);
    expect(settled.length).toBeGreaterThan(300);
    expect(shown).toBe(body.trimEnd());
  });
});
