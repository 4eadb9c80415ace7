import { describe, expect, it } from 'vitest';
import { indented } from '../../../../src/extension/voice/indentation';

describe('indentation', () => {
  const unit = { unit: '    ' };
  it('is that of the line, one deeper after what opens a block', () => {
    expect(indented('if x:\nreturn', '    ', unit)).toBe('if x:\n        return');
    expect(indented('a = 1\nb = 2', '  ', unit)).toBe('a = 1\n  b = 2');
    expect(indented('if (x) {\nf();\n}', '', { unit: '\t' })).toBe('if (x) {\n\tf();\n}');
    expect(indented('return x', '    ', unit)).toBe('return x');
  });
  it('leaves lines that bring their own, and prepares the line that comes', () => {
    expect(indented('a\n\tb', '  ', unit)).toBe('a\n\tb');
    expect(indented('def f():\n', '', unit)).toBe('def f():\n    ');
    expect(indented('a\n\nb', '  ', unit)).toBe('a\n\n  b');
  });
});
