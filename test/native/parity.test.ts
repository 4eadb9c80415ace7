/** The tiny models against transformers with the same weights (test/fixtures/models, written by export/). */
import { describe, expect, test, vi } from 'vitest';
import { addon, floats, load, modelPath, reference } from './support/fixtures';
import { forwardInputs } from './support/int64';
import { difference, numbers } from './support/numbers';

const exact = [
  'tiny-gemma3',
  'tiny-gemma3-q4',
  'tiny-llama',
  'tiny-llama-q4',
  'tiny-llama3-rope',
  'tiny-phi3',
  'tiny-qwen2',
  'tiny-qwen3',
  'tiny-qwen3-moe',
  'tiny-qwen3-moe-q4',
];
const rounded = ['tiny-gemma3-bf16-q8'];

/** Logits after each of `rows`, of tokens fed in chunks that do not respect the rows. */
async function logitsOf(id: string, tokens: number[], rows: number[]): Promise<Float32Array[]> {
  const program = await load(modelPath(id));
  const found: Float32Array[] = [];
  for (let start = 0; start < tokens.length; start += 16) {
    const chunk = tokens.slice(start, start + 16);
    const keep = rows.filter((row) => row >= start && row < start + 16).map((row) => row - start);
    const [logits] = await program.run('forward', forwardInputs(chunk, start, keep.length > 0 ? keep : [0]));
    const all = Float32Array.from(numbers(logits!));
    const size = all.length / Math.max(1, keep.length);
    found.push(...keep.map((_, i) => all.slice(i * size, (i + 1) * size)));
  }
  return found;
}

describe.each([...exact, ...rounded])('%s', (id) => {
  const { prompt, greedy, logits, rewind, tolerance } = reference(id);

  test('has transformers’ logits', async () => {
    const rows = await logitsOf(
      id,
      [...prompt, ...greedy],
      logits.map(({ position }) => position),
    );
    rows.forEach((row, i) => expect(difference(row, floats(logits[i]!.base64Float32))).toBeLessThanOrEqual(tolerance));
    const again = [...prompt.slice(0, rewind.to), ...rewind.then];
    const rewound = await logitsOf(
      id,
      again,
      rewind.logits.map(({ position }) => position),
    );
    rewound.forEach((row, i) =>
      expect(difference(row, floats(rewind.logits[i]!.base64Float32))).toBeLessThanOrEqual(tolerance),
    );
  });
});

test.each(rounded)('%s comes nearer where activations are not rounded to int8', async (id) => {
  const { prompt, logits } = reference(id);
  const worst = async () => {
    const before = logits.filter(({ position }) => position < prompt.length);
    const rows = await logitsOf(
      id,
      prompt,
      before.map(({ position }) => position),
    );
    return Math.max(...rows.map((row, i) => difference(row, floats(before[i]!.base64Float32))));
  };
  const usual = await worst();
  vi.stubEnv('PTERON_CPU_ACTIVATIONS', 'exact');
  const unrounded = await worst();
  vi.unstubAllEnvs();
  expect(unrounded).toBeGreaterThan(0);
  // Only our own kernels ever round them.
  expect(unrounded).toBeLessThanOrEqual(/^cpu \((?!libmlx)/.test(addon.runtimeInfo().mlxDevice) ? usual / 2 : usual);
});

describe.each(exact)('%s', (id) => {
  const { prompt, greedy, rewind } = reference(id);

  test('continues as transformers does, and again after a rewind', async () => {
    const session = (await load(modelPath(id))).createSession({ contextLength: 160 });
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: greedy.length })).tokens).toEqual(greedy);
    session.rewind(rewind.to);
    await session.prefill(rewind.then);
    expect((await session.decode({ maxTokens: rewind.greedy.length })).tokens).toEqual(rewind.greedy);
  });
});
