/** `pteron export` with a shell script in Python's place: what crosses the border to the exporter, and its end. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../../src/engine/cli/runCli';
import { type FakeEngine, fakeEngine } from '../fakes/fakeEngine';
import { fixtures } from '../fakes/temporaryStore';

let fake: FakeEngine;
let folder: string;
beforeEach(async () => {
  fake = await fakeEngine();
  folder = await mkdtemp(join(tmpdir(), 'pteron-export-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.dispose();
  await rm(folder, { recursive: true });
});

/** Makes `script` the exporter's Python; its arguments and environment end up in `seen`. */
async function python(script: string): Promise<void> {
  const path = join(folder, 'python');
  await writeFile(path, `#!/bin/sh\necho "$@" > ${folder}/seen\nenv > ${folder}/env\n${script}\n`);
  await chmod(path, 0o755);
  vi.stubEnv('PTERON_EXPORT_PYTHON', path);
}

async function pteron(args: readonly string[], signal = new AbortController().signal) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry, addon } = fake;
  const status = await runCli(args, {
    ...{ engine, registry, addon: () => addon, stdin: Readable.from(['']), stdout, stderr, signal },
  });
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}

const emit = (event: object) => `cat <<'END'\n${JSON.stringify(event)}\nEND\n`;
const model = join(fixtures, 'tiny-gemma3');

describe('pteron export', () => {
  it('passes the options on and tells of the model that was made', async () => {
    await python(
      `${emit({ progress: { text: 'tracing' } })}echo a library speaks\n${emit({ done: { folder: model } })}`,
    );
    const options = ['--id', 'mine', '--role', 'chat', '--quantize', '4,embedding=8', '--context', '4096'];
    const { status, stdout, stderr } = await pteron(['export', 'org/name', ...options]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'tracing\n' });
    expect(stdout).toMatch(/^Exported tiny-gemma3: completion, none, .+ kB, context 160\.\n/);
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe(
      '-m pteron_export org/name --id=mine --role=chat --quantize=4,embedding=8 --context=4096 --events\n',
    );
    const env = await readFile(join(folder, 'env'), 'utf8');
    expect(env).toContain(`PTERON_HOME=${fake.store.home}\n`);
    expect(env).toMatch(/^PYTHONPATH=.*\/export$/m);
  });

  it('prints progress as JSON Lines before the final object, where asked to', async () => {
    const progress = { text: 'downloading', doneBytes: 5, totalBytes: 10 };
    await python(`${emit({ progress })}${emit({ done: { folder: model } })}`);
    const lines = (await pteron(['export', 'a/b', '--json', '--stream'])).stdout.trim().split('\n');
    const [first, last] = lines.map((line) => JSON.parse(line) as object);
    expect(lines).toHaveLength(2);
    expect(first).toEqual({ progress });
    expect(last).toMatchObject({ id: 'tiny-gemma3', role: 'completion', installed: true, folder: model });
    expect((await pteron(['export', 'a/b', '--json'])).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('prints a plan and makes nothing with --dry-run', async () => {
    await python(emit({ plan: { architecture: 'LlamaForCausalLM', diskBytes: 5 } }));
    const { stdout } = await pteron(['export', 'a/b', '--dry-run', '--json']);
    expect(JSON.parse(stdout)).toEqual({ architecture: 'LlamaForCausalLM', diskBytes: 5 });
    expect(await readFile(join(folder, 'seen'), 'utf8')).toContain('--dry-run');
    expect((await pteron(['export', 'a/b', '--dry-run'])).stdout).toMatch(/^architecture +LlamaForCausalLM\n/);
  });

  it.each([
    [
      emit({ error: { code: 'access_denied', message: 'It is gated.', remedy: 'Ask.' } }) + 'exit 1',
      'access_denied: It is gated. Ask.',
    ],
    [
      'echo "pteron_export: error: argument --dtype: invalid choice: 1" >&2; exit 2',
      'invalid_argument: --dtype: invalid choice: 1. ',
    ],
    ['echo "Illegal instruction" >&2; kill -9 $$', 'internal: The exporter ended with a signal. Illegal instruction'],
    ['exit 0', 'internal: The exporter ended without a model.'],
    [emit({ error: { code: 'made_up', message: 'Something.', remedy: '' } }) + 'exit 1', 'internal: Something.'],
  ])('fails with a coded line after %j', async (script, expected) => {
    await python(script);
    const { status, stdout, stderr } = await pteron(['export', 'a/b', '--json']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(expected);
  });

  it('interrupts the exporter, waits until it has cleaned up, and ends with 130', async () => {
    await python(
      `trap 'sleep 0.2; touch ${folder}/cleaned; exit 130' INT\n${emit({ progress: { text: 'lowering' } })}while :; do sleep 0.05; done`,
    );
    const interrupt = new AbortController();
    const ended = pteron(['export', 'a/b', '--json', '--stream'], interrupt.signal);
    await vi.waitFor(() => readFile(join(folder, 'env')));
    await new Promise((resolve) => setTimeout(resolve, 100));
    interrupt.abort();
    expect(await ended).toMatchObject({ status: 130, stderr: '' });
    expect(await readFile(join(folder, 'cleaned'), 'utf8')).toBe('');
  });
});
