/**
 * Language models that ExecuTorch's own script exported (test/fixtures/foreign, written by export/), against transformers with
 * the same weights: every kind of KV cache, on our kernels and on libmlx.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { LanguageModelInfo } from '../../src/engine/native/addonTypes';
import { addonPath } from '../../src/engine/native/loader';
import { codeOf } from './support/errors';
import { addon, floats, foreignPath, foreignReference, load, modelPath } from './support/fixtures';
import { difference } from './support/numbers';
import { foreignLogits, lastLogits } from './support/logits';

const onMac = process.platform === 'darwin';
const models = ['tiny-qwen3', 'tiny-llama32', 'tiny-gemma3', 'tiny-phi4-mini'];
/** On a Mac the official delegate refuses them; offGraph.test.ts. */
const off = (onMac ? [] : models).map((id) => [id, 'off_graph'] as const);
/** Counting its positions from a ring, the Gemma 3 that the script makes with transformers 5 is wrong beyond the ring. */
const counted = models.filter((id) => id !== 'tiny-gemma3').map((id) => [id, 'in_graph'] as const);
const believing = ['tiny-qwen3', 'tiny-gemma3'].map((id) => [id, 'in_graph_transformers4'] as const);
const all = [...off, ...counted, ...believing];
const context = 160;

describe.each(all)('%s, %s', (id, file) => {
  const { prompt, greedy, logits, rewind, tolerance } = foreignReference(id);

  test('has transformers’ logits, in chunks of 16 and one by one', async () => {
    const program = await load(foreignPath(id, file));
    const rows = await foreignLogits(program, [...prompt, ...greedy], prompt.length);
    for (const { position, base64Float32 } of logits) {
      expect(difference(rows[position]!, floats(base64Float32)), `position ${position}`).toBeLessThanOrEqual(tolerance);
    }
  });

  test('continues as transformers does, after a rewind, and after a reset', async () => {
    const session = (await load(foreignPath(id, file))).createSession({ contextLength: context });
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: greedy.length })).tokens).toEqual(greedy);
    const reached = session.rewind(rewind.to);
    expect(reached).toBe(file === 'in_graph' || (id.includes('gemma') && file !== 'off_graph') ? 0 : rewind.to);
    await session.prefill([...prompt.slice(reached, rewind.to), ...rewind.then]);
    expect((await session.decode({ maxTokens: rewind.greedy.length })).tokens).toEqual(rewind.greedy);
    session.reset();
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: 8 })).tokens).toEqual(greedy.slice(0, 8));
  });

  test('two sessions keep their caches apart', async () => {
    const program = await load(foreignPath(id, file));
    const [first, second] = [0, 1].map(() => program.createSession({ contextLength: context }));
    await first!.prefill(prompt.slice(0, 40));
    await second!.prefill([...prompt.slice(0, rewind.to), ...rewind.then]);
    await first!.prefill(prompt.slice(40));
    expect((await first!.decode({ maxTokens: 8 })).tokens).toEqual(greedy.slice(0, 8));
    expect((await second!.decode({ maxTokens: 8 })).tokens).toEqual(rewind.greedy.slice(0, 8));
  });
});

describe('ExecuTorch’s own Qwen 3, which gives the last token’s logits only', () => {
  const { prompt, greedy, logits, rewind, tolerance } = foreignReference('tiny-qwen3');
  const path = foreignPath('tiny-qwen3', 'export_llama');

  test('has transformers’ logits', async () => {
    const tokens = [...prompt, ...greedy];
    const positions = logits.map(({ position }) => position);
    const rows = await lastLogits(await load(path), tokens, positions);
    rows.forEach((row, i) => expect(difference(row, floats(logits[i]!.base64Float32))).toBeLessThanOrEqual(tolerance));
  });

  test('continues as transformers does, after a rewind, and with a draft', async () => {
    const session = (await load(path)).createSession({ contextLength: context });
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: greedy.length })).tokens).toEqual(greedy);
    expect(session.rewind(rewind.to)).toBe(rewind.to);
    await session.prefill(rewind.then);
    expect((await session.decode({ maxTokens: 4 })).tokens).toEqual(rewind.greedy.slice(0, 4));
    expect(await codeOf(() => session.verify([1]))).toBe('invalid_argument');
    expect(await session.verify([])).toEqual({ accepted: 0, next: rewind.greedy[4] });
  });
});

describe('what a foreign program says of itself', () => {
  const infoOf = async (id: string, file: string) => (await load(foreignPath(id, file))).languageModel();
  const base: LanguageModelInfo = {
    contract: 'positions',
    chunk: 16,
    rows: 16,
    vocabulary: 384,
    context,
    rewind: 'anywhere',
    slots: 0,
    featureWidth: 0,
    given: [],
  };

  test('a cache outside the graph goes back anywhere', async () => {
    for (const [id, file] of off) expect(await infoOf(id, file)).toEqual(base);
  });

  test('a program that counts its cache’s entries begins anew', async () => {
    for (const [id, file] of counted) expect(await infoOf(id, file)).toEqual({ ...base, rows: 1, rewind: 'nowhere' });
  });

  test('one that counts the entries of a ring is limited to the ring', async () => {
    expect(await infoOf('tiny-gemma3', 'in_graph')).toEqual({ ...base, rows: 1, rewind: 'nowhere', context: 39 });
    const program = await load(foreignPath('tiny-gemma3', 'in_graph'));
    expect(await codeOf(() => program.createSession({ contextLength: 40 }))).toBe('invalid_argument');
  });

  test('one that believes the positions goes back anywhere, or one chunk in a ring', async () => {
    expect(await infoOf('tiny-qwen3', 'in_graph_transformers4')).toEqual(base);
    expect(await infoOf('tiny-gemma3', 'in_graph_transformers4')).toEqual({ ...base, rewind: 'oneChunk' });
  });

  test('ExecuTorch’s own takes where the tokens begin', async () => {
    expect(await infoOf('tiny-qwen3', 'export_llama')).toEqual({ ...base, contract: 'start', chunk: 15, rows: 1 });
  });

  test('our own follow our contract', async () => {
    const info = (await load(modelPath('tiny-gemma3'))).languageModel();
    expect(info).toEqual({ ...base, contract: 'pteron' });
  });
});

describe('a ring', () => {
  const { prompt, greedy } = foreignReference('tiny-gemma3');
  const open = async () =>
    (await load(foreignPath('tiny-gemma3', 'in_graph_transformers4'))).createSession({ contextLength: context });

  test('goes back one chunk from the highest position written, and no further', async () => {
    const session = await open();
    await session.prefill([...prompt, ...greedy.slice(0, 28)]);
    expect(session.rewind(84)).toBe(84);
    await session.prefill(greedy.slice(12, 14));
    expect((await session.decode({ maxTokens: 10 })).tokens).toEqual(greedy.slice(14, 24));
    expect(session.rewind(83)).toBe(0);
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: 10 })).tokens).toEqual(greedy.slice(0, 10));
  });

  test('verifies drafts, rejected ones included', async () => {
    const session = await open();
    await session.prefill(prompt);
    expect(await session.verify([...greedy.slice(0, 6), (greedy[6]! + 1) % 384])).toEqual({
      accepted: 6,
      next: greedy[6],
    });
    expect((await session.decode({ maxTokens: 10 })).tokens).toEqual(greedy.slice(7, 17));
  });
});

/** The device is chosen once a process: this very file and our own exports’ run again on libmlx, and attention. */
const device = process.env.PTERON_DEVICE;

describe.skipIf(device !== undefined || onMac)('and the same with libmlx', () => {
  test.each([
    ['programs', ['foreign.test.ts', 'whisper.test.ts', 'parity.test.ts', 'rewind.test.ts', 'verify.test.ts']],
    ['attention, with fewer queries than keys too', ['nodes.test.ts', '-t', 'sdpa']],
  ])(
    '%s',
    (_, files) => {
      const { status, stdout } = spawnSync(
        process.execPath,
        ['node_modules/vitest/vitest.mjs', 'run', '--project', 'native', ...files],
        { encoding: 'utf8', env: { ...process.env, PTERON_DEVICE: 'cpu-libmlx', PTERON_ADDON: addonPath() } },
      );
      expect(status, stdout).toBe(0);
    },
    300_000,
  );
});

test.runIf(device === 'cpu-libmlx')('really uses libmlx', () => {
  expect(addon.runtimeInfo().mlxDevice).toContain('libmlx');
});
