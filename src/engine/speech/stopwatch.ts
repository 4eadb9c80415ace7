import type { Transcription } from '../../protocol';

type Timings = { -readonly [Key in keyof Transcription['timings']]: number };
type Stage = 'featuresMs' | 'encodeMs' | 'decodeMs';

/** Where the time of a recognition goes. */
export class Stopwatch {
  readonly timings: Timings = { featuresMs: 0, encodeMs: 0, decodeMs: 0, tokens: 0, windows: 0 };

  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work();
    this.timings[stage] += performance.now() - started;
    return result;
  }
}
