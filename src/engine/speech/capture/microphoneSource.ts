import type { Microphone } from '../../../protocol';
import type { CaptureProcess } from './captureProcess';
import { toError } from './captureProcess';
import { microphoneUnavailable } from './errors';
import type { FromCapture } from './messages';
import type { SoundListener, SoundSource } from './soundSource';

/** Without any sound for this long the process that records is started anew: a driver hangs. */
const stallMs = 8000;
/** Crashes within one sound that are mended. */
const mostRestarts = 1;

/** A microphone, read by the capture process. A crash of that is mended once: what was said before is not lost. */
export class MicrophoneSource implements SoundSource {
  #close: (() => void) | undefined;
  #listener: SoundListener | undefined;
  #restarts = 0;
  #watch: NodeJS.Timeout | undefined;
  #opened: { resolve: (microphone: Microphone) => void; reject: (error: unknown) => void } | undefined;

  /** `id`: of the list; absent: the system's choice. */
  constructor(
    private readonly process: CaptureProcess,
    private readonly id: string | undefined,
  ) {}

  open(listener: SoundListener): Promise<Microphone> {
    this.#listener = listener;
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      this.#start();
    });
  }

  close(): void {
    clearTimeout(this.#watch);
    this.#listener = undefined;
    this.#close?.();
    this.#close = undefined;
  }

  #start(): void {
    this.#close = this.process.open(this.id, {
      onMessage: (message) => this.#receive(message),
      onExit: (why) => this.#crashed(why),
    });
    this.#expectSound();
  }

  #receive(message: Extract<FromCapture, { session?: number }>): void {
    switch (message.type) {
      case 'opened':
        if (!message.asWished) this.#listener?.onWarning('device_changed', message.microphone);
        return this.#opened?.resolve(message.microphone);
      case 'samples':
        this.#expectSound();
        return void this.#listener?.onSamples(toFloats(message.samples));
      case 'changed':
        return this.#listener?.onWarning('device_changed', message.microphone);
      case 'failed':
        return this.#fail(toError(message.failure));
    }
  }

  #crashed(why: string): void {
    if (!this.#listener) return;
    if (this.#restarts++ >= mostRestarts) return this.#fail(microphoneUnavailable(why));
    this.#start();
  }

  #fail(error: unknown): void {
    const listener = this.#listener;
    this.close();
    this.#opened?.reject(error);
    listener?.onEnd(error);
  }

  #expectSound(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.process.kill(), stallMs).unref();
  }
}

function toFloats(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32_768);
}
