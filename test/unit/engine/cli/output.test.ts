import { expect, it } from 'vitest';
import { formatBytes, formatTable } from '../../../../src/engine/cli/output';

it('aligns columns, numbers to the right', () => {
  expect(
    formatTable(
      ['ID', 'CONTEXT'],
      [
        ['gemma', 2048],
        ['a', 8],
      ],
    ),
  ).toBe('ID     CONTEXT\ngemma     2048\na            8\n');
});

it.each([
  [12, '12 B'],
  [142_700_000, '143 MB'],
  [2_600_000_000, '2.6 GB'],
])('writes %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
