/** Every node kind against PyTorch (test/fixtures/nodes, written by export/), with each set of kernels that runs here, and by libmlx. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Tensor, TensorDtype } from '../../src/engine/native/addonTypes';
import { addonPath } from '../../src/engine/native/loader';
import { addon, load, nodesFolder } from './support/fixtures';
import { numbers } from './support/numbers';

interface StoredTensor {
  readonly dtype: TensorDtype;
  readonly shape: number[];
  readonly base64: string;
}
interface Case {
  readonly name: string;
  readonly program: string;
  readonly nodes: string[];
  /** Largest |difference| allowed, relative to the largest |expected| value. */
  readonly tolerance: number;
  readonly calls: { readonly inputs: StoredTensor[]; readonly outputs: StoredTensor[] }[];
}

const cases = JSON.parse(readFileSync(join(nodesFolder, 'cases.json'), 'utf8')) as Case[];
const tensorOf = ({ dtype, shape, base64 }: StoredTensor): Tensor => ({
  dtype,
  shape,
  data: Uint8Array.from(Buffer.from(base64, 'base64')),
});

/** |difference| over the largest |expected|; NaN and infinities must be where they are expected. */
function relativeError(actual: number[], expected: number[]): number {
  let scale = Number.MIN_VALUE;
  let most = 0;
  expected.forEach((value, i) => {
    if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
    if (!Object.is(value, actual[i]) && value !== actual[i]) {
      most = Math.max(most, Number.isFinite(value) ? Math.abs(actual[i]! - value) : Infinity);
    }
  });
  return Number.isNaN(most) ? Infinity : most / scale;
}

/** libmlx's own quantized product on the CPU adds up in its inputs' type. */
const summedInBf16 = ({ inputs }: Case['calls'][number]): boolean =>
  process.env.PTERON_DEVICE === 'cpu-libmlx' && inputs.some(({ dtype }) => dtype === 'bfloat16');

async function check({ name, program: file, tolerance, calls }: Case): Promise<void> {
  const program = await load(join(nodesFolder, file));
  for (const [index, call] of calls.entries()) {
    const outputs = await program.run('forward', call.inputs.map(tensorOf));
    expect(outputs.length).toBe(call.outputs.length);
    outputs.forEach((output, i) => {
      const expected = tensorOf(call.outputs[i]!);
      const where = `${name}, output ${i} of call ${index}`;
      expect({ dtype: output.dtype, shape: output.shape }, where).toEqual({
        dtype: expected.dtype,
        shape: expected.shape,
      });
      expect(relativeError(numbers(output), numbers(expected)), where).toBeLessThanOrEqual(
        summedInBf16(call) ? 3 * tolerance : tolerance,
      );
    });
  }
}

test.each(cases)('$name', check);

test('the cases hold every kind of node that the tiny models use', async () => {
  const tested = new Set(cases.flatMap(({ nodes }) => nodes));
  for (const id of ['tiny-gemma3', 'tiny-gemma3-q4', 'tiny-llama', 'tiny-llama-q4']) {
    const [graph] = (await load(join(nodesFolder, '..', 'models', id, 'model.pte'))).graphs;
    expect(Object.keys(graph!.nodeCounts).filter((kind) => !tested.has(kind))).toEqual([]);
  }
});

/** The kernels are chosen once a process, so each set gets one of its own: this very file, run again. */
const isa = process.env.PTERON_CPU_ISA;
const device = process.env.PTERON_DEVICE;
const features = addon.runtimeInfo().cpuFeatures;
const runnable = ['portable', 'avx2', 'avx512vnni'].filter((name) => name === 'portable' || features.includes(name));
const onMac = process.platform === 'darwin'; // none of these kernels

describe.skipIf(isa !== undefined || device !== undefined || onMac)('with the kernels of', () => {
  test.each(runnable)('%s', (name) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project', 'native', 'nodes.test.ts', 'parity.test.ts'],
      { encoding: 'utf8', env: { ...process.env, PTERON_CPU_ISA: name, PTERON_ADDON: addonPath() } },
    );
    expect(status, stdout).toBe(0);
  });
});

describe.skipIf(isa !== undefined || device !== undefined || onMac)('by libmlx', () => {
  test('on the CPU', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project', 'native', 'nodes.test.ts'],
      { encoding: 'utf8', env: { ...process.env, PTERON_DEVICE: 'cpu-libmlx', PTERON_ADDON: addonPath() } },
    );
    expect(status, stdout).toBe(0);
  });
});

test.runIf(isa !== undefined)('really uses the kernels that were asked for', () => {
  expect(addon.runtimeInfo().mlxDevice).toContain(`(${isa},`);
});
