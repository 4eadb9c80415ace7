import { expect, test } from 'vitest';
import { addon } from './support/fixtures';

test('says what runs programs here', () => {
  const info = addon.runtimeInfo();
  expect(info.executorch).toMatch(/^1\.5\./);
  expect(info.backends).toEqual(expect.arrayContaining(['MLXBackend', 'XnnpackBackend']));
  // The official library of macOS does not say its version of MLX.
  if (process.platform === 'darwin') expect(info.mlx).toBeNull();
  else expect(info.mlx).toMatch(/^\d+\.\d+/);
  const device = process.platform === 'darwin' ? /^metal: .+/ : /^(cpu \(\w+, \d+ threads?\)|cuda: .+)$/;
  expect(info.mlxDevice).toMatch(device);
  expect(info.threads).toBeGreaterThanOrEqual(1);
});

test('measures memory in bytes', () => {
  const { memory } = addon.runtimeInfo();
  expect(memory.totalBytes).toBeGreaterThan(1e9);
  expect(memory.availableBytes).toBeLessThanOrEqual(memory.totalBytes);
  expect(memory.residentBytes).toBeGreaterThan(1e7);
  expect(memory.peakResidentBytes).toBeGreaterThanOrEqual(memory.residentBytes * 0.99);
});
