import type { Program, Tensor } from '../../native/addonTypes';
import { windowOf } from '../voxtral/hear';
import { RunningLogMel } from '../features/runningLogMel';
import { framesAToken } from './tokens';

export interface EncoderShape {
  readonly mels: number;
  /** Of a call; calls that begin at its multiples do not run over the end of the encoder's ring. */
  readonly mostTokens: number;
  /** Of an embedding. */
  readonly width: number;
}

/** The encoder's frames a token, of 20 ms. */
const positionsAToken = 4;

/** A sound that goes on → an embedding each 80 ms. Its state is the program's: one sound at a time, from the first token on. */
export class StreamingEncoder {
  readonly #mel: RunningLogMel;
  #frames = new Float32Array();
  /** Tokens encoded so far. */
  #position = 0;

  constructor(
    private readonly program: Program,
    private readonly shape: EncoderShape,
  ) {
    this.#mel = new RunningLogMel(shape.mels);
  }

  /** The embeddings, float32 [1, tokens, width], that `samples` complete; at most `upTo` since the beginning. */
  async push(samples: Float32Array, upTo = Infinity): Promise<Tensor[]> {
    const { mels, mostTokens } = this.shape;
    const waiting = this.#withWaiting(this.#mel.push(samples).values);
    const features = { mels, frames: waiting.length / mels, values: waiting };
    const heard: Tensor[] = [];
    let used = 0;
    for (;;) {
      const ready = Math.min(Math.floor((features.frames - used) / framesAToken), upTo - this.#position);
      const count = Math.min(ready, mostTokens - (this.#position % mostTokens));
      if (count <= 0) break;
      heard.push(await this.#encode(windowOf(features, used, count * framesAToken), count));
      used += count * framesAToken;
    }
    this.#frames = windowOf(features, used, features.frames - used);
    return heard;
  }

  async #encode(values: Float32Array, count: number): Promise<Tensor> {
    const shape = [1, this.shape.mels, count * framesAToken];
    const position = BigInt64Array.of(BigInt(this.#position * positionsAToken));
    const [heard] = await this.program.run('encode', [
      { dtype: 'float32', shape, data: new Uint8Array(values.buffer) },
      { dtype: 'int64', shape: [1], data: new Uint8Array(position.buffer) },
    ]);
    this.#position += count;
    return heard!;
  }

  /** [mels, waiting + new frames]. */
  #withWaiting(fresh: Float32Array): Float32Array {
    const { mels } = this.shape;
    const [before, after] = [this.#frames.length / mels, fresh.length / mels];
    if (before === 0) return fresh;
    const all = new Float32Array(this.#frames.length + fresh.length);
    for (let mel = 0; mel < mels; mel++) {
      all.set(this.#frames.subarray(mel * before, (mel + 1) * before), mel * (before + after));
      all.set(fresh.subarray(mel * after, (mel + 1) * after), mel * (before + after) + before);
    }
    return all;
  }
}
