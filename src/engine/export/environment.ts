/** The exporter's Python environment: made at first use, and brought up to date when its pinned packages change. */
import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PteronError } from '../../protocol';
import { type ChildResult, runChild } from './childProcess';
import { findPython } from './python';
import { acquireSetupLock } from './setupLock';

export interface EnvironmentOptions {
  readonly cache: string;
  /** The pinned packages, a requirements.txt. */
  readonly requirements: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** PyTorch comes with CUDA's libraries on Linux. */
const neededBytes = process.platform === 'darwin' ? 3e9 : 9e9;

/** Ends with 0 where every package that requirements.txt pins is installed in that version. */
const fits = `
import sys
from importlib.metadata import PackageNotFoundError, version
for line in open(sys.argv[1]):
    name, _, wanted = line.partition("#")[0].strip().partition("==")
    try:
        if name and version(name) != wanted:
            sys.exit(3)
    except PackageNotFoundError:
        sys.exit(3)
`;

/**
 * The interpreter that has the exporter's packages. PTERON_EXPORT_PYTHON names one that is used as it is.
 * @throws python_missing, disk_full, network_unavailable, environment_failed
 */
export async function ensureEnvironment(options: EnvironmentOptions): Promise<string> {
  const { cache, env = process.env, signal, onProgress } = options;
  if (env.PTERON_EXPORT_PYTHON) return env.PTERON_EXPORT_PYTHON;
  const folder = join(cache, 'venv'); // set-up's own, where there is one
  const python = join(folder, 'bin', 'python');
  if (await isCurrent(python, options)) return python;
  await mkdir(cache, { recursive: true });
  const release = await acquireSetupLock(join(cache, 'setup.lock'), {
    signal,
    onWait: () => onProgress('waiting for another set-up to finish'),
  });
  try {
    if (await isCurrent(python, options)) return python;
    await make(python, folder, options);
    return python;
  } finally {
    release();
  }
}

async function isCurrent(python: string, { requirements, env = process.env, signal }: EnvironmentOptions) {
  if (!existsSync(python)) return false;
  const { status } = await runChild(python, ['-c', fits, requirements], { env, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    return { status: error instanceof Error ? 1 : 0 }; // an interpreter that does not start (its Python was removed)
  });
  return status === 0;
}

async function make(python: string, folder: string, options: EnvironmentOptions): Promise<void> {
  const { cache, requirements, env = process.env, signal, onProgress } = options;
  await requireSpace(cache);
  onProgress("making the exporter's Python environment (once, some minutes)");
  const found = findPython(env);
  if (!(await starts(python, options))) {
    const made = await runChild(found, ['-m', 'venv', '--clear', folder], { env, signal });
    if (made.status !== 0) throw await failed(made, 'The Python environment could not be made.', cache);
  }
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-compile'];
  const installed = await runChild(python, [...pip, '--progress-bar', 'off', '-r', requirements], {
    env: { ...env, PIP_NO_COLOR: '1' },
    signal,
    onLine: (line) => onProgress(describe(line)),
  });
  if (installed.status !== 0) throw await failed(installed, "The exporter's packages could not be installed.", cache);
}

async function starts(python: string, { env = process.env, signal }: EnvironmentOptions): Promise<boolean> {
  if (!existsSync(python)) return false;
  const { status } = await runChild(python, ['-m', 'pip', '--version'], { env, signal }).catch(() => ({ status: 1 }));
  signal.throwIfAborted();
  return status === 0;
}

async function requireSpace(cache: string): Promise<void> {
  const { bavail, bsize } = await statfs(cache);
  if (bavail * bsize >= neededBytes) return;
  const free = `${(neededBytes / 1e9).toFixed(0)} GB in ${cache}, and ${((bavail * bsize) / 1e9).toFixed(1)} GB are free`;
  throw new PteronError(
    'disk_full',
    `The exporter's Python environment needs ${free}.`,
    'Free some space, or set PTERON_CACHE to a folder on another disk.',
  );
}

const offline =
  /NewConnectionError|Connect(ion|Timeout)Error|ReadTimeoutError|name resolution|Network is unreachable|ProxyError|SSLError|Max retries exceeded/i;
const full = /No space left on device|Disk quota exceeded/i;

async function failed({ status, tail }: ChildResult, what: string, cache: string): Promise<PteronError> {
  const log = join(cache, 'logs', 'export-environment.log');
  await mkdir(join(cache, 'logs'), { recursive: true });
  await rm(log, { force: true });
  await writeFile(log, `${tail}\n`).catch(() => undefined);
  if (full.test(tail)) {
    return new PteronError('disk_full', `${what} No space is left in ${cache}.`, 'Free some space and try again.');
  }
  if (offline.test(tail)) {
    const remedy =
      'Check the connection and proxy settings; what was fetched is kept. Then run the same command again.';
    return new PteronError('network_unavailable', `${what} The Python package index cannot be reached.`, remedy);
  }
  const last = tail.split('\n').findLast((line) => line.trim() !== '') ?? `status ${status}`;
  return new PteronError(
    'environment_failed',
    `${what} ${last.trim()}`,
    `See ${log}, then run the same command again.`,
  );
}

/** pip's lines hold whole addresses and paths; a person wants the package's name and size. */
export function describe(line: string): string {
  const fetched = /^\s*(?:Downloading|Using cached) (\S+?)-\d\S*\.(?:whl|tar\.gz)(?:\.metadata)? \(([^)]+)\)/.exec(
    line,
  );
  if (fetched) return `fetching ${fetched[1]!.split('/').pop()} (${fetched[2]})`;
  const collecting = /^Collecting (\S+?)(?:[=<>!~\s]|$)/.exec(line);
  if (collecting) return `resolving ${collecting[1]}`;
  return "unpacking the exporter's packages";
}
