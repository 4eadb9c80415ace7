import { expect, it } from 'vitest';
import { nearestNames } from '../../../../src/engine/models/nearest';

const ids = ['gemma-3-270m', 'smollm2-135m-instruct', 'qwen3-0.6b', 'llama-3.2-1b'];

it('finds what was mistyped, abbreviated or written in capitals', () => {
  expect(nearestNames('gema-3-270m', ids)[0]).toBe('gemma-3-270m');
  expect(nearestNames('smollm2', ids)[0]).toBe('smollm2-135m-instruct');
  expect(nearestNames('Qwen3', ids)[0]).toBe('qwen3-0.6b');
});

it('offers three at most and none where none is installed', () => {
  expect(nearestNames('x', ids)).toHaveLength(3);
  expect(nearestNames('x', [])).toEqual([]);
});
