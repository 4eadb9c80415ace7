/** Speech and silence in turn: the clips of test/fixtures/speech over and over, faint noise between and below them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rate } from './clips.mjs';

const folder = join(import.meta.dirname, '../../test/fixtures/speech');
const names = ['settings-en', 'fox-en'];
const headerBytes = 44;
/** Of full scale: no microphone is quieter. */
const noise = 0.0003;

/** 16 kHz, 16 bits, as they are committed; the silence at both ends is cut, so that a clip begins with speech. */
function readClip(name) {
  const file = readFileSync(join(folder, `${name}.wav`));
  const samples = Float32Array.from(
    { length: (file.length - headerBytes) / 2 },
    (_, i) => file.readInt16LE(headerBytes + 2 * i) / 32_768,
  );
  const isLoud = (sample) => Math.abs(sample) > 0.01;
  return samples.subarray(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
}

/** @returns {{ samples: Float32Array, spoken: { at: number, name: string }[] }} `at`: seconds */
export function schedule({ seconds, silence }) {
  const clips = names.map((name) => ({ name, samples: readClip(name) }));
  const samples = new Float32Array(seconds * rate);
  for (let i = 0; i < samples.length; i++) samples[i] = noise * (((i * 7919) % 2003) / 1001 - 1);
  const spoken = [];
  // Pauses of changing length, so that speech begins at any place of a window.
  for (let at = silence * rate, n = 0; ; n++) {
    const clip = clips[n % clips.length];
    if (at + clip.samples.length + 2 * rate > samples.length) return { samples, spoken };
    clip.samples.forEach((sample, i) => (samples[at + i] += sample));
    spoken.push({ at: at / rate, name: clip.name });
    at += clip.samples.length + Math.floor(silence * rate * (0.9 + ((n * 37) % 20) / 100));
  }
}
