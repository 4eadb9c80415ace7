import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock } from '../../../scripts/setup/lock.mjs';
import { temporaryFolder } from './temporaryFolder';

const lockIn = (folder: string) => join(folder, 'setup.lock');
const options = { pollMs: 5 };

test('a second set-up waits for the first and names it', async () => {
  const path = lockIn(temporaryFolder());
  const release = await acquireLock(path, options);
  const order: string[] = [];
  const second = acquireLock(path, { ...options, onWait: (pid) => order.push(`waits for ${pid}`) }).then((done) => {
    order.push('second');
    done();
  });
  await new Promise((resolve) => setTimeout(resolve, 40));
  order.push('first done');
  release();
  await second;
  expect(order).toEqual([`waits for ${process.pid}`, 'first done', 'second']);
  expect(existsSync(path)).toBe(false);
});

test('the lock of a process that is gone is taken over', async () => {
  const path = lockIn(temporaryFolder());
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, host: hostname() }));
  const release = await acquireLock(path, options);
  expect(existsSync(path)).toBe(true);
  release();
  expect(existsSync(path)).toBe(false);
});

test('a lock that nobody renewed for minutes is taken over, on whatever host', async () => {
  const path = lockIn(temporaryFolder());
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: 'another-host' }));
  const old = new Date(Date.now() - 10 * 60_000);
  utimesSync(path, old, old);
  (await acquireLock(path, options))();
});

test('a fresh lock of another host is respected', async () => {
  const path = lockIn(temporaryFolder());
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, host: 'another-host' }));
  let taken = false;
  const waiting = acquireLock(path, options).then((release) => {
    taken = true;
    release();
  });
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(taken).toBe(false);
  const old = new Date(Date.now() - 10 * 60_000);
  utimesSync(path, old, old);
  await waiting;
});

test('many at once: one holder at a time', async () => {
  const path = lockIn(temporaryFolder());
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, host: hostname() })); // they also race to remove a stale one
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const release = await acquireLock(path, options);
      most = Math.max(most, ++holders);
      await new Promise((resolve) => setTimeout(resolve, 3));
      holders--;
      release();
    }),
  );
  expect(most).toBe(1);
});

test('releasing twice is harmless, and never frees another owner’s lock', async () => {
  const path = lockIn(temporaryFolder());
  const release = await acquireLock(path, options);
  release();
  writeFileSync(path, JSON.stringify({ pid: 1, host: hostname() }));
  release();
  expect(existsSync(path)).toBe(true);
});
