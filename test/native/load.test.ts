import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { codeOf, coded } from './support/errors';
import { addon, load, outsideDelegate, tinyGemma } from './support/fixtures';

const folder = mkdtempSync(join(tmpdir(), 'pteron-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('Program.load', () => {
  test('loads an MLX program and one without a delegate', async () => {
    const mlx = await load(tinyGemma);
    const portable = await load(outsideDelegate);
    expect(mlx.methods.find(({ name }) => name === 'forward')?.delegates).toEqual(['MLXBackend']);
    expect(portable.methods.find(({ name }) => name === 'forward')?.delegates).toEqual([]);
  });

  test('summarises the delegate’s graph', async () => {
    const [graph, ...more] = (await load(tinyGemma)).graphs;
    expect(more).toEqual([]);
    expect(graph?.method).toBe('forward');
    expect(Object.values(graph!.nodeCounts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
    expect(graph!.constantBytes).toBeGreaterThan(100_000);
    expect(graph!.mutableBytes).toBeGreaterThan(0);
  });

  test.each([
    ['a missing file', () => join(folder, 'none.pte'), 'program_missing'],
    ['a folder', () => folder, 'program_invalid'],
    ['an empty file', () => file('empty.pte', ''), 'program_invalid'],
    ['a text file', () => file('text.pte', 'No program at all. '.repeat(100)), 'program_invalid'],
    ['zeros', () => file('zeros.pte', new Uint8Array(4096)), 'program_invalid'],
  ] as const)('refuses %s', async (_, path, code) => {
    await expect(addon.Program.load(path())).rejects.toEqual(coded(code));
  });

  test('names the path in its message', async () => {
    await expect(addon.Program.load('/no/such/model.pte')).rejects.toThrow('/no/such/model.pte');
  });

  test('refuses missing and damaged data files', async () => {
    const damaged = file('damaged.ptd', 'not a flat tensor file, but long enough to hold its header');
    expect(await codeOf(() => load(tinyGemma, { dataPaths: [join(folder, 'none.ptd')] }))).toBe('program_missing');
    expect(await codeOf(() => load(tinyGemma, { dataPaths: [damaged] }))).toBe('program_invalid');
  });

  test('keeps to the memory limit, with figures', async () => {
    await expect(addon.Program.load(tinyGemma, { memoryLimit: 1000 })).rejects.toEqual(coded('out_of_memory'));
    await expect(addon.Program.load(tinyGemma, { memoryLimit: 1000 })).rejects.toThrow(/\d+ bytes|[\d.]+ MB/);
    await load(tinyGemma, { memoryLimit: 1e9 });
  });

  test('refuses arguments of the wrong type', async () => {
    const loose = addon.Program.load as (...values: unknown[]) => Promise<unknown>;
    for (const values of [
      [],
      [7],
      [tinyGemma, 'fast'],
      [tinyGemma, { dataPaths: 'x' }],
      [tinyGemma, { dataPaths: [1] }],
    ]) {
      expect(await codeOf(() => loose(...values))).toBe('invalid_argument');
    }
    for (const memoryLimit of [-1, Number.NaN, '1', null, Infinity]) {
      expect(await codeOf(() => loose(tinyGemma, { memoryLimit }))).toBe('invalid_argument');
    }
  });

  test('has no public constructor', async () => {
    const Program = addon.Program as unknown as new (...values: unknown[]) => unknown;
    expect(await codeOf(() => new Program())).toBe('invalid_argument');
    expect(await codeOf(() => new Program({}))).toBe('invalid_argument');
  });
});
