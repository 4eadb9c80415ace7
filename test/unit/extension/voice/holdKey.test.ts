import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldKey, type Timers } from '../../../../src/extension/voice/holdKey';

let now = 0;
let late = 0;
const timers: Timers = {
  now: () => now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** Time passes; a late clock is what a busy process sees. */
function pass(ms: number): void {
  for (let n = 0; n < ms; n++) {
    now++;
    vi.advanceTimersByTime(1);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  [now, late] = [1000, 0];
});
afterEach(() => vi.useRealTimers());

function start() {
  const seen: string[] = [];
  let busy = false;
  const key = new HoldKey({
    timers: { ...timers, now: () => now + late },
    press: () => {
      if (busy) return false;
      busy = true;
      seen.push('press');
      return true;
    },
    release: () => {
      seen.push('release');
      busy = false;
    },
  });
  const repeat = (times: number, every: number): void => {
    for (let n = 0; n < times; n++) {
      pass(every);
      key.event();
    }
  };
  const setBusy = (value: boolean): void => void (busy = value);
  return { key, seen, repeat, setBusy };
}

describe('HoldKey', () => {
  it.each([
    ['a Mac at its fastest', 225, 30],
    ['a Mac as it comes', 375, 90],
    ['GNOME', 500, 30],
    ['X11 as it comes', 660, 40],
    ['a slow setting', 1000, 100],
  ])('releases soon after the last repeat, with %s', (_name, delay, every) => {
    const { key, seen, repeat } = start();
    key.event();
    repeat(1, delay);
    repeat(20, every);
    expect(seen).toEqual(['press']);
    pass(every);
    expect(seen).toEqual(['press']);
    pass(300 - every);
    expect(seen).toEqual(['press', 'release']);
  });

  it('is as good as released where it was let go after its first repeat', () => {
    const { key, seen, repeat } = start();
    key.event();
    repeat(1, 500);
    pass(400);
    expect(seen).toEqual(['press', 'release']);
  });

  it('toggles when tapped: at once where the second tap cannot be a repeat', () => {
    const { key, seen } = start();
    key.event();
    pass(3000);
    expect(seen).toEqual(['press']);
    key.event();
    expect(seen).toEqual(['press', 'release']);
    pass(2000);
    key.event();
    expect(seen).toEqual(['press', 'release', 'press']);
  });

  it('ends what another command began', () => {
    const { key, seen, setBusy } = start();
    setBusy(true);
    key.event();
    expect(seen).toEqual(['release']);
  });

  it('does not begin anew while the key is still held when listening ends by itself', () => {
    const { key, seen, repeat, setBusy } = start();
    key.event();
    repeat(1, 500);
    repeat(5, 90);
    setBusy(false);
    key.reset();
    repeat(30, 90);
    expect(seen).toEqual(['press']);
    pass(1000);
    key.event();
    expect(seen).toEqual(['press', 'press']);
  });

  it('waits on where the process was too busy to see the repeats', () => {
    const { key, seen, repeat } = start();
    key.event();
    repeat(1, 500);
    repeat(5, 30);
    pass(100);
    late = 900; // nothing ran for a while: the timer is overdue
    pass(60);
    expect(seen).toEqual(['press']);
    repeat(5, 30);
    pass(400);
    expect(seen).toEqual(['press', 'release']);
  });

  it('does nothing after dispose', () => {
    const { key, seen, repeat } = start();
    key.event();
    repeat(3, 100);
    key.dispose();
    key.dispose();
    pass(2000);
    expect(seen).toEqual(['press']);
  });
});
