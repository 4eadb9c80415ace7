import { expect, it } from 'vitest';
import { EnergyDetector } from '../../../../../src/engine/speech/vad/energyDetector';
import { SpeechTracker, speechThresholds } from '../../../../../src/engine/speech/vad/speechTracker';
import { windowSamples } from '../../../../../src/engine/speech/vad/voiceActivity';

function track(...probabilities: readonly number[]): SpeechTracker {
  const tracker = new SpeechTracker();
  for (const probability of probabilities) tracker.push(probability);
  return tracker;
}
const times = (count: number, probability: number): number[] => Array<number>(count).fill(probability);

it('begins with several windows in a row, and places the beginning at the first', () => {
  expect(track(...times(5, 0.1), 0.9, 0.9)).toMatchObject({ first: null, speaking: false });
  const tracker = track(...times(5, 0.1), ...times(3, 0.9));
  expect(tracker).toMatchObject({ first: 5 * windowSamples, last: 8 * windowSamples, speaking: true });
});

it('takes a click for no speech', () => {
  expect(track(0.9, 0.9, 0.1, 0.9, 0.9, 0.1).first).toBeNull();
});

it('goes on below the first threshold until it falls below the second for a while', () => {
  const spoken = [...times(3, 0.9), ...times(4, 0.4)];
  expect(track(...spoken, ...times(speechThresholds.endWindows - 1, 0.1)).speaking).toBe(true);
  const tracker = track(...spoken, ...times(20, 0.1));
  expect(tracker).toMatchObject({ speaking: false, last: 7 * windowSamples, silence: 20 * windowSamples });
});

it('forgets what is cut off, and goes on where somebody speaks across the cut', () => {
  const silent = track(...times(3, 0.9), ...times(20, 0.1));
  silent.forget();
  expect(silent).toMatchObject({ first: null, last: null });
  const speaking = track(...times(5, 0.9));
  speaking.forget();
  expect(speaking).toMatchObject({ first: 5 * windowSamples, speaking: true });
});

it('hears without a model what is louder than the room', async () => {
  const noise = (seconds: number, amplitude: number) =>
    Float32Array.from({ length: seconds * 16_000 }, (_, i) => amplitude * Math.sin(i * i));
  const detector = new EnergyDetector();
  expect(Math.max(...(await detector.push(noise(2, 0.01))))).toBeLessThan(0.35);
  expect(Math.min(...(await detector.push(noise(1, 0.1))))).toBeGreaterThan(0.5);
  expect(Math.max(...(await detector.push(noise(1, 0.01))))).toBeLessThan(0.35);
  detector.reset();
  expect(await detector.push(new Float32Array(512))).toHaveLength(1);
});
