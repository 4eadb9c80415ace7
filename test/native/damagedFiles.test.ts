/** A damaged program is refused with a code, or still works; the process lives on in either case. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codeOf } from './support/errors';
import { addon, outsideDelegate, tinyGemma } from './support/fixtures';

const folder = mkdtempSync(join(tmpdir(), 'pteron-damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'model.pte');

/** Loads the bytes and, where that works, computes with them. */
async function use(bytes: Uint8Array): Promise<void> {
  writeFileSync(path, bytes);
  const program = await addon.Program.load(path);
  try {
    const session = program.createSession({ contextLength: 40 });
    await session.prefill([1, 2, 3]);
    await session.decode({ maxTokens: 2 });
  } finally {
    program.dispose();
  }
}

/** Deterministic positions all over the file, most of them in the part that describes the program. */
function* flips(length: number, count: number): Generator<[position: number, bit: number]> {
  let state = 12345;
  const next = (bound: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % bound;
  for (let i = 0; i < count; i++) yield [next(i % 4 === 0 ? length : Math.min(length, 40_000)), next(8)];
}

const expected = [
  'no error',
  'program_invalid',
  'program_unsupported',
  'out_of_memory',
  'inference_failed',
  'invalid_argument',
];

test.each([
  ['an MLX program', tinyGemma],
  ['a program without a delegate', outsideDelegate],
])('%s with any one bit flipped', async (_, file) => {
  const original = readFileSync(file);
  const seen = new Map<string, number>();
  for (const [position, bit] of flips(original.length, 600)) {
    const bytes = Uint8Array.from(original);
    bytes[position]! ^= 1 << bit;
    const code = await codeOf(() => use(bytes));
    expect(expected, `bit ${bit} of byte ${position}`).toContain(code);
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  expect(seen.get('program_invalid')).toBeGreaterThan(10);
  await use(original);
});

test.each([
  ['an MLX program', tinyGemma],
  ['a program without a delegate', outsideDelegate],
])('%s cut short anywhere', async (_, file) => {
  const original = readFileSync(file);
  for (let part = 0; part < 100; part++) {
    const length = Math.floor((original.length * part) / 100);
    expect(await codeOf(() => use(original.subarray(0, length))), `${length} bytes`).toBe('program_invalid');
  }
  expect(await codeOf(() => use(original.subarray(0, -1)))).toMatch(/^(no error|program_invalid)$/); // padding
});

test('noise after a good header', async () => {
  const bytes = Uint8Array.from(readFileSync(tinyGemma));
  for (let i = 64; i < bytes.length; i++) bytes[i] = (i * 2654435761) >>> 24;
  expect(await codeOf(() => use(bytes))).toBe('program_invalid');
});
