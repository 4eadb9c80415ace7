import { expect, it } from 'vitest';
import { SerialQueue } from '../../../../src/engine/scheduler/serialQueue';

it('runs one piece of work at a time, in order, and survives failures', async () => {
  const queue = new SerialQueue();
  const log: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([queue.run(work('a')), queue.run(work('b', true)), queue.run(work('c'))]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(queue.busy).toBe(false);
});

it('never starts what was cancelled while it waited', async () => {
  const queue = new SerialQueue();
  const abort = new AbortController();
  let release = () => {};
  const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
  let started = false;
  const second = queue.run(
    async () => {
      started = true;
      return 'done';
    },
    { signal: abort.signal, result: () => 'cancelled' },
  );
  await Promise.resolve();
  expect(queue.busy).toBe(true);
  abort.abort();
  release();
  await first;
  expect(await second).toBe('cancelled');
  expect(started).toBe(false);
});
