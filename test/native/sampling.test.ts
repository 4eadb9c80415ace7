/** The sampler by itself is tested in native/tests/sampler_test.cpp; here, that its options arrive. */
import { expect, test } from 'vitest';
import type { NativeSampling } from '../../src/engine/native/addonTypes';
import { loadSession, reference } from './support/fixtures';

const { prompt, greedy } = reference('tiny-gemma3');

async function draw(sampling: NativeSampling, count = 24): Promise<number[]> {
  const session = await loadSession();
  await session.prefill(prompt);
  return (await session.decode({ maxTokens: count, sampling })).tokens;
}

test('a seed repeats itself, another differs', async () => {
  const first = await draw({ temperature: 1, seed: 1 });
  expect(await draw({ temperature: 1, seed: 1 })).toEqual(first);
  expect(await draw({ temperature: 1, seed: 2 })).not.toEqual(first);
});

test('without a seed no two generations are alike', async () => {
  expect(await draw({ temperature: 2 })).not.toEqual(await draw({ temperature: 2 }));
});

test.each<NativeSampling>([
  { temperature: 0 },
  { temperature: 1, topK: 1 },
  { temperature: 1, topP: 0 },
  { temperature: 1, minP: 1 },
  { temperature: 0.001, seed: 5 },
])('%o is greedy', async (sampling) => {
  expect(await draw(sampling, 12)).toEqual(greedy.slice(0, 12));
});

test('a repetition penalty keeps greedy decoding from going in circles', async () => {
  const distinct = (tokens: number[]) => new Set(tokens).size;
  const penalised = await draw({ repetitionPenalty: 10 }, 40);
  expect(distinct(penalised)).toBeGreaterThan(distinct(await draw({}, 40)));
});

test('a seed draws the same tokens in pieces as in one go', async () => {
  const session = await loadSession();
  await session.prefill(prompt);
  const pieces: number[] = [];
  for (const maxTokens of [3, 1, 8, 12]) {
    pieces.push(...(await session.decode({ maxTokens, sampling: { temperature: 1, seed: 11 } })).tokens);
  }
  expect(pieces).toEqual(await draw({ temperature: 1, seed: 11 }));
});
