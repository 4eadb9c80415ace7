import { expect, it } from 'vitest';
import { LevelMeter, onMeter } from '../../../../../src/engine/speech/capture/level';

const second = (value: (i: number) => number) => Float32Array.from({ length: 16_000 }, (_, i) => value(i));

it('measures on a scale of decibels', () => {
  expect([0, 0.001, 0.0316, 1, 2].map(onMeter).map((level) => Number(level.toFixed(2)))).toEqual([0, 0, 0.5, 1, 1]);
});

it('falls slower than it rises', () => {
  const meter = new LevelMeter();
  meter.push(new Float32Array(512).fill(1));
  expect(meter.level).toBe(1);
  meter.push(new Float32Array(512));
  expect(meter.level).toBeGreaterThan(0.8);
  meter.push(second(() => 0));
  expect(meter.level).toBeLessThan(0.02);
});

it('warns of nothing but zeros, and no longer once there is sound', () => {
  const meter = new LevelMeter();
  meter.push(second(() => 0));
  expect(meter).toMatchObject({ warning: 'no_sound', heardSomething: false });
  meter.push(second((i) => 0.001 * Math.sin(i)));
  expect(meter).toMatchObject({ warning: undefined, heardSomething: true });
  meter.push(second(() => 0));
  expect(meter.warning).toBe('no_sound'); // muted meanwhile
});

it('warns of a sound that is cut off at full scale, and not of a loud one', () => {
  const meter = new LevelMeter();
  meter.push(second((i) => 0.95 * Math.sin(i / 10)));
  expect(meter.warning).toBeUndefined();
  meter.push(second((i) => Math.max(-1, Math.min(1, 3 * Math.sin(i / 10)))));
  expect(meter.warning).toBe('too_loud');
  for (let i = 0; i < 6; i++) meter.push(second((at) => 0.1 * Math.sin(at)));
  expect(meter.warning).toBeUndefined();
});
