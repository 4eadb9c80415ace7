/** The exporter's environment with a shell script in Python's place, which makes a "venv" of itself and plays pip. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describe as describeLine, ensureEnvironment } from '../../../../src/engine/export/environment';
import { acquireSetupLock } from '../../../../src/engine/export/setupLock';

let cache: string;
let said: string[];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'pteron-environment-'));
  said = [];
});
afterEach(() => rm(cache, { recursive: true, force: true }));

/** `pip` is what happens at pip install. The packages are there once the file `installed` is. */
async function fakePython({ version = '3.12', pip = `touch ${cache}/installed`, venv = '' } = {}): Promise<string> {
  const path = join(cache, 'python3');
  const [major, minor] = version.split('.');
  await writeFile(
    path,
    `#!/bin/sh
echo "$@" | head -n 1 >> ${cache}/calls
case "$*" in
  *"import sys, venv"*) printf '%s\\n' ${path} ${major} ${minor} ;;
  *importlib.metadata*) [ -e ${cache}/installed ] || exit 3 ;;
  *"-m venv"*) ${venv || `mkdir -p ${cache}/venv/bin && ln -sf ${path} ${cache}/venv/bin/python`} ;;
  *"pip --version"*) : ;;
  *"pip install"*) ${pip} ;;
esac
`,
  );
  await chmod(path, 0o755);
  return path;
}

async function ensure(path: string, signal = new AbortController().signal): Promise<string> {
  const env = { PATH: process.env.PATH, PTERON_PYTHON: path };
  const requirements = join(cache, 'requirements.txt');
  return ensureEnvironment({ cache, requirements, env, signal, onProgress: (text) => said.push(text) });
}
const calls = async () => (await readFile(join(cache, 'calls'), 'utf8')).trim().split('\n');

describe('the exporter’s environment', () => {
  it('is made at first use, and found afterwards', async () => {
    const path = await fakePython({ pip: `echo "Collecting torch==2.14.1"; touch ${cache}/installed` });
    expect(await ensure(path)).toBe(join(cache, 'venv/bin/python'));
    expect(said).toContain('resolving torch');
    const before = (await calls()).length;
    await ensure(path);
    expect((await calls()).slice(before)).toHaveLength(1); // the check alone
  });

  it('is brought up to date, not made anew, when the pinned packages change', async () => {
    const path = await fakePython();
    await ensure(path);
    await rm(join(cache, 'installed'));
    await ensure(path);
    expect((await calls()).filter((call) => call.includes('-m venv'))).toHaveLength(1);
    expect((await calls()).filter((call) => call.includes('pip install'))).toHaveLength(2);
  });

  it.each([
    [{ version: '3.10' }, /^python_missing: PTERON_PYTHON names .+ which is no Python from 3\.11 to 3\.14/],
    [{ version: '3.15' }, /^python_missing/],
    [{ venv: 'echo ensurepip is not available; exit 1' }, /^environment_failed: .+ensurepip is not available See /],
    [
      { pip: 'echo "NewConnectionError: [Errno 101] Network is unreachable" >&2; exit 1' },
      /^network_unavailable: .+ package index cannot be reached\. Check the connection/,
    ],
    [{ pip: 'echo "OSError: [Errno 28] No space left on device" >&2; exit 1' }, /^disk_full: /],
    [
      { pip: 'echo "ERROR: No matching distribution" ; exit 1' },
      /^environment_failed: .+No matching distribution See .+export-environment\.log/,
    ],
  ])('fails with a code for %j, and continues at the next try', async (parts, expected) => {
    await expect(
      ensure(await fakePython(parts)).catch((error: Error) => Promise.reject(new Error(`${error}`))),
    ).rejects.toThrow(expected);
    expect(await ensure(await fakePython())).toBe(join(cache, 'venv/bin/python'));
  });

  it('can be interrupted and continued', async () => {
    const interrupt = new AbortController();
    const path = await fakePython({ pip: 'exec sleep 30' });
    const ended = ensure(path, interrupt.signal);
    while (!(await calls().catch(() => [])).some((call) => call.includes('pip install')))
      await new Promise((r) => setTimeout(r, 20));
    interrupt.abort();
    await expect(ended).rejects.toThrow(/abort/i);
    expect(await ensure(await fakePython())).toBe(join(cache, 'venv/bin/python'));
  });

  it('waits for a set-up that is at work, and takes over from one that died', async () => {
    const release = await acquireSetupLock(join(cache, 'setup.lock'), {
      signal: new AbortController().signal,
      onWait: () => {},
    });
    const made = ensure(await fakePython());
    while (!said.includes('waiting for another set-up to finish')) await new Promise((r) => setTimeout(r, 20));
    release();
    await made;
    await rm(join(cache, 'installed'));
    await writeFile(
      join(cache, 'setup.lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, host: (await import('node:os')).hostname() }),
    );
    await ensure(await fakePython());
  });

  it('says which package pip is at', () => {
    expect(describeLine('  Downloading https://host/x/torch-2.14.1-cp311-manylinux.whl (555 MB)')).toBe(
      'fetching torch (555 MB)',
    );
    expect(describeLine('Collecting numpy==2.4.6 (from -r requirements.txt)')).toBe('resolving numpy');
    expect(describeLine('Installing collected packages: a, b')).toContain('unpacking');
  });
});
