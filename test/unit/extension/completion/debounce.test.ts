import { expect, it } from 'vitest';
import { AdaptiveDebounce } from '../../../../src/extension/completion/debounce';

it('waits the base after a pause, and up to a quarter of the usual latency in fast typing', () => {
  let now = 0;
  const debounce = new AdaptiveDebounce(() => now);
  expect(debounce.next(30)).toBe(30);
  for (const latency of [800, 1000, 100]) debounce.finished(latency);
  now += 100;
  expect(debounce.next(30)).toBe(200);
  now += 1000;
  expect(debounce.next(30)).toBe(30);
  for (let n = 0; n < 10; n++) debounce.finished(60_000);
  now += 1;
  expect(debounce.next(30)).toBe(400);
});
