/**
 * One set-up at a time in a cache: `setup.lock` holds the owner's pid and host, and its age is renewed while it works.
 * A lock is stale when its owner is gone or has not renewed it for minutes (a machine that was switched off).
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partialName } from './files.mjs';

const renewMs = 10_000;
const abandonedMs = 5 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** @returns {{ pid: number, host: string } | undefined} the owner, or undefined where the lock is gone or unreadable */
function readOwner(path) {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8'));
    return Number.isInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isStale(path) {
  let age;
  try {
    age = Date.now() - statSync(path).mtimeMs;
  } catch {
    return false; // gone: the next attempt takes it
  }
  const owner = readOwner(path);
  if (age > abandonedMs) return true;
  return owner !== undefined && owner.host === hostname() && !isAlive(owner.pid);
}

/** Creates the lock with its content in one step, so that nobody reads an empty one. */
function tryCreate(path) {
  const own = partialName(path);
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a stale lock away. A rename has one winner, so two waiting runs cannot both remove it. */
function removeStale(path) {
  const moved = partialName(path);
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  if (!isStale(moved)) {
    // It was renewed between the check and the rename: give it back to its owner.
    try {
      linkSync(moved, path);
    } catch {
      // another run holds a new lock by now
    }
  }
  rmSync(moved, { force: true });
}

/**
 * @param {string} path
 * @param {{ onWait?: (pid: number | undefined) => void, pollMs?: number }} [options]
 * @returns {Promise<() => void>} releases the lock; may be called twice
 */
export async function acquireLock(path, { onWait, pollMs = 1000 } = {}) {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !tryCreate(path);) {
    if (isStale(path)) {
      removeStale(path);
      continue;
    }
    if (!waited) onWait?.(readOwner(path)?.pid);
    waited = true;
    await sleep(pollMs);
  }
  const renewal = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // the cache was removed under us; the step at work will say so
    }
  }, renewMs);
  renewal.unref();
  return () => {
    clearInterval(renewal);
    if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}
