/** The lock of scripts/setup/lock.mjs: one set-up at a time in a cache. Its owner renews it; a dead owner's is taken over. */
import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const renewMs = 10_000;
const abandonedMs = 5 * 60_000;

export interface LockOptions {
  readonly signal: AbortSignal;
  readonly onWait: () => void;
  readonly pollMs?: number;
}

/** Waits for the lock and returns what releases it. */
export async function acquireSetupLock(path: string, options: LockOptions): Promise<() => void> {
  const { signal, onWait, pollMs = 1000 } = options;
  for (let waited = false; !tryCreate(path); waited = true) {
    if (isStale(path)) rmSync(path, { force: true });
    else {
      if (!waited) onWait();
      await sleep(pollMs, undefined, { signal });
    }
  }
  const renewal = setInterval(() => renew(path), renewMs).unref();
  return () => {
    clearInterval(renewal);
    if (ownerOf(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

/** Creates it with its content in one step, so that nobody reads an empty one. */
function tryCreate(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownerOf(path: string): { pid: number; host: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; host: string };
  } catch {
    return undefined; // gone, or not ours to read
  }
}

function isStale(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > abandonedMs) return true;
    const owner = ownerOf(path);
    if (owner?.host !== hostname()) return false;
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function renew(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The cache was removed under us; the step at work will say so.
  }
}
