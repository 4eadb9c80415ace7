import { expect, it } from 'vitest';
import { CrashBackoff } from '../../../../src/extension/engine/backoff';

it('waits longer after each crash, gives up at the fifth within a minute, and forgets old ones', () => {
  let now = 0;
  const backoff = new CrashBackoff(undefined, () => now);
  expect([1, 2, 3, 4].map(() => backoff.crashed())).toEqual([500, 1000, 2000, 5000]);
  expect(backoff.crashed()).toBe('give up');
  now = 61_000;
  expect(backoff.crashed()).toBe(500);
  backoff.crashed();
  backoff.reset();
  expect(backoff.crashed()).toBe(500);
});
