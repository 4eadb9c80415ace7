/** 200 sounds in which nobody speaks, made from a seed: ten kinds, twenty of each, 2 … 6 s, faint to loud. */
import { loadBundled } from '../../scripts/bundled.mjs';

const { seededRandom } = await loadBundled('src/engine/speech/draw.ts');

export const rate = 16_000;
export const clipsOfKind = 20;

const between = (random, low, high) => low + (high - low) * random();
const pick = (random, values) => values[Math.floor(random() * values.length)];
const sine = (frequency, i) => Math.sin((2 * Math.PI * frequency * i) / rate);
const white = (random) => random() + random() + random() + random() - 2;

/** One-pole low pass; returns the filter. */
function lowPass(frequency) {
  const keep = Math.exp((-2 * Math.PI * frequency) / rate);
  let value = 0;
  return (input) => (value = keep * value + (1 - keep) * input);
}

/** Adds `length` samples of `sound(i)` at `at`. */
function add(samples, at, length, sound) {
  for (let i = 0; i < length && at + i < samples.length; i++) samples[at + i] += sound(i);
}

/** Paul Kellet's filter. */
function pink(random) {
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
  const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
  const state = poles.map(() => 0);
  return () => {
    const input = white(random);
    poles.forEach((pole, i) => (state[i] = pole * state[i] + gains[i] * input));
    return state.reduce((sum, value) => sum + value, 0.5362 * input);
  };
}

/** Each fills `samples`; how loud it gets in the end is decided by `makeClip`. */
const kinds = {
  silence(samples, random, index) {
    if (index % 4 === 0) return; // nothing but zeros, as of a muted device
    for (let i = 0; i < samples.length; i++) samples[i] = white(random);
  },
  'white noise'(samples, random) {
    for (let i = 0; i < samples.length; i++) samples[i] = white(random);
  },
  'pink noise'(samples, random) {
    const next = pink(random);
    for (let i = 0; i < samples.length; i++) samples[i] = next();
  },
  'brown noise'(samples, random) {
    let value = 0;
    for (let i = 0; i < samples.length; i++) samples[i] = value = 0.998 * value + 0.02 * white(random);
  },
  hum(samples, random) {
    const mains = pick(random, [50, 60]);
    const strengths = [1, 2, 3, 4, 5, 6].map((n) => random() / n);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = strengths.reduce(
        (sum, strength, n) => sum + strength * sine(mains * (n + 1), i),
        0.02 * white(random),
      );
    }
  },
  tones(samples, random) {
    for (let at = 0; at < samples.length;) {
      const [low, high] = [between(random, 300, 1200), between(random, 1200, 3500)];
      const length = Math.floor(between(random, 0.06, 0.5) * rate);
      const glide = random() < 0.3 ? between(random, -600, 900) / rate : 0;
      add(samples, at, length, (i) => 0.5 * sine(low + glide * i, i) + 0.5 * sine(high, i));
      at += length + Math.floor(between(random, 0.02, 0.6) * rate);
    }
  },
  music(samples, random) {
    const beat = Math.floor(between(random, 0.25, 0.6) * rate);
    const root = between(random, 110, 330);
    const scale = [0, 2, 4, 5, 7, 9, 11, 12];
    const note = (step) => root * 2 ** (step / 12);
    for (let at = 0, n = 0; at < samples.length; at += beat, n++) {
      const chord = pick(random, [[0, 4, 7], [5, 9, 12], [7, 11, 14], [9, 12, 16]]); // prettier-ignore
      const played = [...(n % 4 === 0 ? chord : []), pick(random, scale) + 12];
      for (const frequency of played.map(note)) {
        const bright = between(random, 1, 4);
        const overtones = (i) => [1, 2, 3, 4, 5].reduce((sum, k) => sum + sine(k * frequency, i) / k ** bright, 0);
        add(samples, at, 2 * beat, (i) => overtones(i) * Math.exp((-3 * i) / beat) * Math.min(1, i / 80));
      }
      if (n % 2 === 1) add(samples, at, beat / 2, (i) => 0.6 * white(random) * Math.exp(-i / 400));
    }
  },
  typing(samples, random) {
    for (let at = 0; at < samples.length; at += Math.floor(between(random, 0.06, 0.35) * rate)) {
      const loud = between(random, 0.3, 1);
      const body = between(random, 150, 500);
      const dull = lowPass(between(random, 2500, 6000));
      add(samples, at, 900, (i) => loud * dull(white(random)) * Math.exp(-i / between(random, 60, 90)));
      add(samples, at, 900, (i) => 0.3 * loud * sine(body, i) * Math.exp(-i / 150));
    }
    for (let i = 0; i < samples.length; i++) samples[i] += 0.01 * white(random);
  },
  breathing(samples, random) {
    const period = between(random, 1.6, 3.2) * rate;
    const [upper, lower] = [lowPass(between(random, 900, 2500)), lowPass(between(random, 150, 400))];
    for (let i = 0; i < samples.length; i++) {
      const noise = upper(white(random));
      const phase = (i % period) / period;
      const flow =
        phase < 0.4
          ? Math.sin((Math.PI * phase) / 0.4)
          : phase < 0.9
            ? 0.7 * Math.sin((Math.PI * (phase - 0.4)) / 0.5)
            : 0;
      samples[i] = (noise - lower(noise)) * flow ** 1.5;
    }
  },
  knocks(samples, random) {
    for (let at = Math.floor(0.2 * rate); at < samples.length; at += Math.floor(between(random, 0.15, 1.4) * rate)) {
      const [frequency, decay] = [between(random, 60, 280), between(random, 200, 1600)];
      add(
        samples,
        at,
        6 * decay,
        (i) => (sine(frequency, i) + 0.3 * white(random) * Math.exp(-i / 100)) * Math.exp(-i / decay),
      );
    }
    for (let i = 0; i < samples.length; i++) samples[i] += 0.003 * white(random);
  },
};

export const kindNames = Object.keys(kinds);

/** The clips of a kind, `index` from 0 to clipsOfKind − 1. @returns {Float32Array} */
export function makeClip(kind, index) {
  const random = seededRandom(1000 * (kindNames.indexOf(kind) + 1) + index);
  const samples = new Float32Array(Math.floor(between(random, 2, 6) * rate));
  kinds[kind](samples, random, index);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  // Faint as a room at night, to as loud as it goes.
  const decibels = kind === 'silence' ? between(random, -75, -55) : between(random, -36, -1);
  return peak === 0 ? samples : samples.map((sample) => (sample / peak) * 10 ** (decibels / 20));
}

/** 16-bit PCM. */
export function wavOf(samples) {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * samples.length, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, i) => file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + 2 * i));
  return file;
}
