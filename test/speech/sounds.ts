/** Sounds for tests and measurements: speech by espeak-ng, recordings that Debian ships, noise; 16 kHz, the same at every run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeAudio, speechRate } from '../../src/engine/speech/audio/decodeAudio';
import { seededRandom } from '../../src/engine/speech/draw';
import { makeWav } from '../unit/engine/speech/audio/makeWav';

/** Of Debian's pocketsphinx-testdata (BSD); the LibriVox readings in it are in the public domain. */
const recordings = '/usr/share/pocketsphinx/test/data';
const babblers = ['en-us+f2', 'en-gb', 'en-us+m3', 'en-gb-scotland', 'en-us+f4', 'en-gb-x-rp'] as const;
const babble =
  'the committee will meet again on thursday afternoon to look at the figures for the last quarter and decide whether ' +
  'the new building can be opened before the winter while somebody has to talk to the neighbours about the parking places';

export interface Spoken {
  readonly text: string;
  /** espeak-ng's, with a variant: 'en-us+f3'; or flite's: 'flite/slt'. */
  readonly voice: string;
  /** Words a minute; of espeak-ng's voices. */
  readonly speed?: number;
}

const flite = 'flite/';

/** @throws where the synthesizer is not installed */
export function speak({ text, voice, speed = 160 }: Spoken): Promise<Float32Array> {
  if (voice.startsWith(flite)) return decodeAudio(spokenByFlite(text, voice.slice(flite.length)));
  return decodeAudio(execFileSync('espeak-ng', ['-v', voice, '-s', `${speed}`, '--stdout', text]));
}

function spokenByFlite(text: string, voice: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'pteron-flite-'));
  try {
    const file = join(folder, 'spoken.wav');
    execFileSync('flite', ['-voice', voice, '-t', text, file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `path`: below Debian's pocketsphinx/test/data; .wav, or .raw of 16-bit samples. */
export async function recorded(path: string): Promise<Float32Array> {
  const file = readFileSync(join(recordings, path));
  if (path.endsWith('.wav')) return decodeAudio(file);
  return Float32Array.from({ length: file.length >> 1 }, (_, i) => file.readInt16LE(2 * i) / 32_768);
}

export type NoiseKind = 'white' | 'babble';

/** `samples` with noise `decibels` below them, by mean power. */
export async function withNoise(
  samples: Float32Array,
  kind: NoiseKind,
  decibels: number,
  seed: number,
): Promise<Float32Array> {
  const random = seededRandom(seed);
  const noise = kind === 'white' ? whiteNoise(samples.length, random) : await babbleNoise(samples.length, random);
  const scale = Math.sqrt(power(samples) / power(noise) / 10 ** (decibels / 10));
  const mixed = samples.map((sample, i) => sample + scale * noise[i]!);
  const loudest = mixed.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return loudest > 1 ? mixed.map((sample) => sample / loudest) : mixed;
}

/** Gaussian, by Box and Muller. */
function whiteNoise(length: number, random: () => number): Float32Array {
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

/** Six people who talk at once, each from somewhere in the text on. */
async function babbleNoise(length: number, random: () => number): Promise<Float32Array> {
  const noise = new Float32Array(length);
  for (const voice of babblers) {
    const talk = await spokenOnce(voice);
    const from = Math.floor(random() * talk.length);
    for (let i = 0; i < length; i++) noise[i]! += talk[(from + i) % talk.length]!;
  }
  return noise;
}

const talks = new Map<string, Promise<Float32Array>>();

function spokenOnce(voice: string): Promise<Float32Array> {
  let talk = talks.get(voice);
  if (!talk) talks.set(voice, (talk = speak({ text: babble, voice })));
  return talk;
}

const power = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;

/** One after the other, with silence of `pause` seconds behind each. */
export function joined(parts: readonly Float32Array[], pause: number): Float32Array {
  const gap = Math.round(pause * speechRate);
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length + gap, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length + gap;
  }
  return whole;
}

/** 16 bits a sample, so that whoever reads the file hears the same. */
export const asWav = (samples: Float32Array): Buffer =>
  makeWav(samples.map((sample) => Math.max(-1, Math.min(1, sample))));
