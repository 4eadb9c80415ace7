import type { ListenWarning, Microphone } from '../../../protocol';

export interface SoundListener {
  /** The next samples, 16 kHz, −1 … 1. What is faster than speech waits for the promise. */
  onSamples(samples: Float32Array): void | Promise<void>;
  /** Something that does not end the sound. */
  onWarning(warning: ListenWarning, microphone?: Microphone): void;
  /** No more comes; with an error, because of it. Called once, and never after `close`. */
  onEnd(error?: unknown): void;
}

/** Where a sound comes from while somebody listens. */
export interface SoundSource {
  /** Resolves when the first sound may be expected, with the device; null: a file. @throws microphone_*, audio_invalid, file_not_found */
  open(listener: SoundListener): Promise<Microphone | null>;
  /** Idempotent; nothing is heard afterwards. */
  close(): void;
}
