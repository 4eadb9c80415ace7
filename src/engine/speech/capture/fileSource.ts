import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { PteronError } from '../../../protocol';
import { decodeAudio, speechRate } from '../audio/decodeAudio';
import type { SoundListener, SoundSource } from './soundSource';

/** As a microphone gives them: 32 ms. */
const frame = 512;

export interface FileSourceOptions {
  /** Times the pace of speech; Infinity: as fast as it is understood. */
  readonly pace?: number;
}

/** A WAV file in the microphone's place. Its end is the sound's end. */
export class FileSource implements SoundSource {
  #closed = false;

  constructor(
    private readonly path: string,
    private readonly options: FileSourceOptions = {},
  ) {}

  async open(listener: SoundListener): Promise<null> {
    const samples = await decodeAudio(await readSound(this.path));
    void this.#play(samples, listener);
    return null;
  }

  close(): void {
    this.#closed = true;
  }

  async #play(samples: Float32Array, listener: SoundListener): Promise<void> {
    const { pace = 1 } = this.options;
    const started = performance.now();
    for (let at = 0; at < samples.length; at += frame) {
      // Against the clock and not frame by frame: timers are late, and would add up.
      const due = started + (1000 * Math.min(at + frame, samples.length)) / (speechRate * pace);
      await wait(Math.max(0, due - performance.now()));
      if (this.#closed) return;
      await listener.onSamples(samples.subarray(at, at + frame));
    }
    if (!this.#closed) listener.onEnd();
  }
}

/** @throws file_not_found */
async function readSound(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new PteronError('file_not_found', `The sound file ${path} cannot be read.`, 'Check its path.', { cause });
  });
}
