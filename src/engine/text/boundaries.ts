/**
 * Places where a text can be cut so that tokenizing the parts gives the tokens of the whole. Where they lie depends on
 * the tokenizer: SentencePiece-like ones (Gemma) and those that end a piece with its newlines (Llama 3, Qwen) can be cut
 * before a line's first character; GPT-2-like ones join a newline to the next line's indentation, so before the newline.
 */
export type BoundaryRule = 'lineStart' | 'lineEnd' | 'none';

const patterns: Record<Exclude<BoundaryRule, 'none'>, RegExp> = {
  // After a newline that a line with something on it follows: runs of blank lines are often one token.
  lineStart: /(?<=\n)(?=[ \t]*[^\s])/,
  lineEnd: /(?<=\S)(?=\n)/,
};

export function splitAtBoundaries(text: string, rule: BoundaryRule): string[] {
  return rule === 'none' || text === '' ? [text] : text.split(patterns[rule]);
}

/** The first rule under which this tokenizer's tokens of a probing text are those of its parts. */
export function chooseBoundaryRule(encode: (text: string) => number[]): BoundaryRule {
  const whole = encode(probe).join();
  for (const rule of ['lineStart', 'lineEnd'] as const) {
    const parts = splitAtBoundaries(probe, rule).flatMap(encode);
    if (parts.join() === whole) return rule;
  }
  return 'none';
}

/** Every neighbourhood of a newline that code has: indentation, tabs, blank lines, punctuation, digits, other scripts. */
export const probe = [
  'import os\nfrom typing import List\n\n\nclass Stack:\n    """A stack."""\n\n    def __init__(self) -> None:\n',
  '        self.items: List[int] = []  # empty\n\n    def push(self, x):\n        if x > 10:\n            return\n',
  '\n   \n        self.items.append(x)\n\treturn 42\n\t\tx = {\n\t\t\t"a": 1,\n\t\t}\n',
  'for (let i = 0; i < n; i++) {\n  total += i;\n}\n\n// ---\n/* héllo\n * 日本語\n * 😀\n */\nend.\n',
  "don't\n's\n1\n2\n  3\n#\n(\n)\n};\n});\n\n\n\n\nx\n- item\n  - nested\n| a | b |\n|---|---|\n",
].join('');
