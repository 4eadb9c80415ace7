/** dist/cli.cjs as a user runs it: exit statuses, streams and JSON of every command. Needs the bundles and the models. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatNpy, parseNpy } from '../../src/engine/cli/npy';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'pteron-cli-'));
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function pteron(
  args: readonly string[],
  onFirstOutput: (child: ChildProcess) => void = () => undefined,
): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, 'dist/cli.cjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.once('data', () => onFirstOutput(child));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

const tiny = join(root, 'test/fixtures/models/tiny-gemma3');

describe('the command line', () => {
  it('completes at a cursor', async () => {
    const file = join(folder, 'fibonacci.py');
    await writeFile(file, 'def fibonacci(n):\n    if n <= 1:\n        return n\n    return\n');
    const args = ['complete', '--model', 'gemma-3-270m', '--file', file, '--line', '4', '--column', '11', '--json'];
    const { status, stdout, stderr } = await pteron(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const result = JSON.parse(stdout) as { text: string; timings: Record<string, number> };
    expect(result.text.replaceAll(' ', '')).toMatch(/^fibonacci\(n-1\)/);
    for (const key of ['promptTokens', 'reusedTokens', 'prefillMs', 'firstTokenMs', 'generatedTokens', 'decodeMs']) {
      expect(result.timings[key]).toBeTypeOf('number');
    }
  });

  it('chats, and stops at Ctrl+C with what there is', async () => {
    const args = ['chat', '--model', 'smollm2-135m-instruct', '--json', '--stream', '--temperature', '0'];
    const answer = await pteron([...args, 'What is the capital of France? Answer in one sentence.']);
    expect(answer.status).toBe(0);
    expect(JSON.parse(answer.stdout.trim().split('\n').at(-1)!)).toMatchObject({
      text: expect.stringContaining('Paris'),
    });

    const cut = await pteron([...args, 'Tell me a very long story about a dragon.'], (child) => child.kill('SIGINT'));
    expect(cut.status).toBe(130);
    expect(JSON.parse(cut.stdout.trim().split('\n').at(-1)!)).toMatchObject({ finish: 'cancelled' });
  });

  it('executes a program on NumPy inputs, calls in order on one state', async () => {
    const int64 = (values: number[], shape: number[]) => {
      const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      return formatNpy({ dtype: 'int64', shape, data });
    };
    const write = async (name: string, file: Buffer) => {
      await writeFile(join(folder, name), file);
      return join(folder, name);
    };
    const first = await write('first.npy', int64([2, 40, 41], [1, 3]));
    const second = await write('second.npy', int64([42], [1, 1]));
    const [zero, three, last] = [
      await write('zero.npy', int64([0], [1])),
      await write('three.npy', int64([3], [1])),
      await write('last.npy', int64([2], [1])),
    ];
    const calls = ['--call', [first, zero, last].join(), '--call', [second, three, zero].join()];
    const outputs = join(folder, 'out');
    const { status, stdout, stderr } = await pteron([
      'run',
      join(tiny, 'model.pte'),
      ...calls,
      '--outputs',
      outputs,
      '--json',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ calls: [{ call: 0 }, { call: 1 }] });
    const logits = await Promise.all(
      [0, 1].map(async (i) => parseNpy(await readFile(join(outputs, `call${i}.output0.npy`)))),
    );
    for (const { dtype, shape } of logits) expect({ dtype, shape }).toEqual({ dtype: 'float32', shape: [1, 1, 384] });
    expect(logits[0]!.data).not.toEqual(logits[1]!.data);
  });

  it('inspects a model and a bare program', async () => {
    const inspect = async (target: string) =>
      JSON.parse((await pteron(['models', 'inspect', target, '--json'])).stdout) as object;
    expect(await inspect('gemma-3-270m')).toMatchObject({
      model: { family: 'gemma3' },
      constants: { get_vocab_size: 262144 },
    });
    expect(await inspect(join(tiny, 'model.pte'))).toMatchObject({
      model: null,
      methods: expect.arrayContaining([expect.objectContaining({ name: 'forward', delegates: ['MLXBackend'] })]),
      graphs: [{ method: 'forward', nodeCounts: expect.objectContaining({ RMSNormNode: expect.any(Number) }) }],
    });
  });

  it('measures', async () => {
    const args = ['bench', '--model', 'smollm2-135m-instruct', '--prompt', '64', '--generate', '16', '--json'];
    const report = JSON.parse((await pteron(args)).stdout) as Record<string, number | null>;
    for (const key of ['prefillTokensPerSecond', 'decodeTokensPerSecond', 'firstTokenMs', 'peakBytes']) {
      expect(report[key]).toBeGreaterThan(0);
    }
    // On a GPU the memory's bandwidth is not measured.
    if (process.platform === 'darwin') expect(report.bandwidthShare).toBeNull();
    else expect(report.bandwidthShare).toBeGreaterThan(0);
  });

  it('finds the machine in order', async () => {
    const report = JSON.parse((await pteron(['doctor', '--json'])).stdout) as {
      backends: string[];
      problems: unknown[];
    };
    expect(report.backends).toContain('MLXBackend');
    expect(report.problems).toEqual([]);
  });

  it('refuses damaged programs with a coded line and survives', async () => {
    const program = await readFile(join(tiny, 'model.pte'));
    const flipped = Buffer.from(program);
    for (let i = 64; i < 4096; i += 97) flipped[i]! ^= 0xff;
    const damaged: Record<string, Buffer> = {
      'empty.pte': Buffer.alloc(0),
      'text.pte': Buffer.from('This is not a program.'.repeat(100)),
      'truncated.pte': program.subarray(0, program.length / 3),
      'flipped.pte': flipped,
    };
    for (const [name, bytes] of Object.entries(damaged)) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const { status, stderr } = await pteron(['models', 'inspect', path]);
      expect({ name, status }).toEqual({ name, status: 1 });
      expect(stderr).toMatch(/^program_(invalid|unsupported): .+/);
    }
    expect((await pteron(['models', 'inspect', join(folder, 'none.pte')])).stderr).toMatch(/^program_missing: /);
  });
});
