import { expect, test } from 'vitest';
import { addon } from './support/fixtures';

test('says what runs programs here', () => {
  const info = addon.runtimeInfo();
  expect(info.executorch).toMatch(/^1\.5\./);
  expect(info.backends).toEqual(expect.arrayContaining(['MLXBackend', 'XnnpackBackend']));
  expect(info.mlx).toMatch(/^\d+\.\d+/);
  expect(info.mlxDevice).toMatch(/^(cpu \(\w+, \d+ threads?\)|cuda: .+|metal: .+)$/);
  expect(info.threads).toBeGreaterThanOrEqual(1);
});

test('measures memory in bytes', () => {
  const { memory } = addon.runtimeInfo();
  expect(memory.totalBytes).toBeGreaterThan(1e9);
  expect(memory.availableBytes).toBeLessThanOrEqual(memory.totalBytes);
  expect(memory.residentBytes).toBeGreaterThan(1e7);
  expect(memory.peakResidentBytes).toBeGreaterThanOrEqual(memory.residentBytes * 0.99);
});
