/** The clips of test/speech/clips.json as sounds. */
import { readFileSync } from 'node:fs';
import { decodeAudio } from '../../src/engine/speech/audio/decodeAudio';
import { asWav, joined, type NoiseKind, recorded, speak, withNoise } from './sounds';

export interface ClipSpec {
  readonly name: string;
  /** What is said. */
  readonly text: string;
  readonly language: string;
  /** Who says it: espeak-ng's voice and words a minute; or a recording; or clips before this one, joined. */
  readonly voice?: string;
  readonly speed?: number;
  readonly recording?: string;
  readonly join?: readonly string[];
  /** Seconds behind each of `join`. */
  readonly pause?: number;
  readonly noise?: { readonly kind: NoiseKind; readonly decibels: number };
}

export interface Clip {
  readonly spec: ClipSpec;
  /** The file's bytes, and the samples that a reader finds in them. */
  readonly wav: Buffer;
  readonly samples: Float32Array;
}

/** `file`: clips.json. */
export async function makeClips(file: string): Promise<readonly Clip[]> {
  const clips: Clip[] = [];
  for (const [index, spec] of (JSON.parse(readFileSync(file, 'utf8')) as ClipSpec[]).entries()) {
    clips.push(await makeClip(spec, index + 1, clips));
  }
  return clips;
}

/** `before`: clips that it may join. */
export async function makeClip(spec: ClipSpec, seed: number, before: readonly Clip[] = []): Promise<Clip> {
  const clean = await soundOf(spec, before);
  const { noise } = spec;
  const wav = asWav(noise ? await withNoise(clean, noise.kind, noise.decibels, seed) : clean);
  return { spec, wav, samples: await decodeAudio(wav) };
}

function soundOf({ text, voice, speed, recording, join, pause = 1 }: ClipSpec, before: readonly Clip[]) {
  if (recording !== undefined) return recorded(recording);
  if (voice !== undefined) return speak({ text, voice, ...(speed === undefined ? {} : { speed }) });
  const parts = (join ?? []).map((name) => before.find((clip) => clip.spec.name === name)!.samples);
  return joined(parts, pause);
}
