import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type CudaPlace, loadCudaLibrary } from '../../../../src/engine/native/cudaLibrary';

const folder = mkdtempSync(join(tmpdir(), 'pteron-cuda-'));
const library = join(folder, 'mlx', 'lib', 'libmlx.so');
const driver = join(folder, 'driver');
mkdirSync(join(folder, 'mlx', 'lib'), { recursive: true });
writeFileSync(library, '');
writeFileSync(driver, '');
afterAll(() => rmSync(folder, { recursive: true }));

function place(
  changes: Partial<CudaPlace>,
  failure = 'Module did not self-register',
): CudaPlace & { opened: string[] } {
  const opened: string[] = [];
  const open = (path: string) => {
    opened.push(path);
    throw new Error(failure);
  };
  return { env: { PTERON_CUDA: folder }, platform: 'linux-x64', driver, open, opened, ...changes };
}

it('loads it where it lies, and names its headers', () => {
  const machine = place({});
  expect(loadCudaLibrary(machine)).toBeUndefined();
  expect(machine.opened).toEqual([library]);
  expect(machine.env.CUDA_HOME).toBe(join(folder, 'nvidia', 'cu13'));
});

it('finds what set-up has put into the cache', () => {
  const cache = mkdtempSync(join(folder, 'cache-'));
  const lib = join(cache, 'mlx-cuda-13-0.32.4-linux-x64', 'mlx', 'lib');
  mkdirSync(lib, { recursive: true });
  writeFileSync(join(lib, 'libmlx.so'), '');
  const machine = place({ env: { PTERON_CACHE: cache } });
  expect(loadCudaLibrary(machine)).toBeUndefined();
  expect(machine.opened).toEqual([join(lib, 'libmlx.so')]);
});

it('leaves a CPU alone', () => {
  for (const changes of [
    { env: { PTERON_CUDA: folder, PTERON_DEVICE: 'cpu' } },
    { env: { PTERON_CACHE: join(folder, 'none') } },
    { platform: 'darwin-arm64' },
  ]) {
    const machine = place(changes);
    expect(loadCudaLibrary(machine)).toBeUndefined();
    expect(machine.opened).toEqual([]);
  }
});

it.each([
  ['the library is missing', place({ env: { PTERON_CACHE: join(folder, 'none'), PTERON_DEVICE: 'gpu' } }), 'not there'],
  ['there is no driver', place({ driver: join(folder, 'none') }), 'driver'],
  ['it does not load', place({}, 'libcuda.so.1: cannot open shared object file'), 'libcuda.so.1'],
])('says why the CPU is used: %s', (_, machine, reason) => {
  expect(loadCudaLibrary(machine)).toMatchObject({
    code: 'gpu_unavailable',
    message: expect.stringContaining(reason),
    remedy: expect.stringMatching(/setup|Install/),
  });
});
