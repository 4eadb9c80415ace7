/** Sound → the embeddings that stand in a prompt. */
import type { Program, Tensor } from '../../native/addonTypes';
import { type Features, hop } from '../features/logMel';

/** A program's encoder: a window of features → rows of embeddings. */
export interface Encoder {
  readonly program: Program;
  readonly mels: number;
  /** Of a window, 10 ms each. */
  readonly frames: number;
  /** That a window becomes, [1, rows, width]. */
  readonly rows: number;
  readonly width: number;
}

export const windowsOf = (samples: number, { frames }: Encoder): number =>
  Math.max(1, Math.ceil(samples / (frames * hop)));

/** What was heard in all windows one after the other, float32 [1, rows, width]; a cancelled one is cut short. */
export async function hearWindows(encoder: Encoder, features: Features, signal?: AbortSignal): Promise<Tensor> {
  const { program, mels, frames, rows, width } = encoder;
  const windows = features.frames / frames;
  const data = new Uint8Array(4 * windows * rows * width);
  for (let window = 0; window < windows && !signal?.aborted; window++) {
    const values = windowOf(features, window * frames, frames);
    const input: Tensor = { dtype: 'float32', shape: [1, mels, frames], data: new Uint8Array(values.buffer) };
    const [heard] = await program.run('encode', [input]);
    data.set(heard!.data, 4 * window * rows * width);
  }
  return { dtype: 'float32', shape: [1, windows * rows, width], data };
}

/** [mels, count] from `start` on. */
export function windowOf({ mels, frames, values }: Features, start: number, count: number): Float32Array<ArrayBuffer> {
  const window = new Float32Array(mels * count);
  for (let mel = 0; mel < mels; mel++) {
    window.set(values.subarray(mel * frames + start, mel * frames + start + count), mel * count);
  }
  return window;
}
