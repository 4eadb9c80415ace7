/** A Parakeet whose frames are numbers, and which says of each what a test wants. */
import type { ParakeetManifest } from '../../../../../src/engine/models/manifest';
import type { Program, Tensor } from '../../../../../src/engine/native/addonTypes';

export const shape: ParakeetManifest = {
  kind: 'parakeet',
  melBins: 4,
  frames: 800,
  subsampling: 8,
  hiddenSize: 1,
  layers: 1,
  stepFrames: 8,
  blank: 9,
  durations: [0, 1, 2, 4],
  maxSymbolsPerStep: 3,
};
export const vocabulary = 10;

/** A row of logits in which tokens have these, and the rest, a duration's too, −20. */
export function doubt(logits: Readonly<Record<number, number>>, duration: number): Float32Array {
  const row = new Float32Array(vocabulary + shape.durations.length).fill(-20);
  for (const [token, logit] of Object.entries(logits)) row[Number(token)] = logit;
  row[vocabulary + shape.durations.indexOf(duration)] = 5;
  return row;
}

/** `[token, duration]`, or a row of logits. `before`: tokens so far, as the state counts them. */
export type Say = (frame: number, token: number, before: number) => readonly [number, number] | Float32Array;

const floats = (values: readonly number[], dims: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape: dims,
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const numbers = ({ data }: Tensor) => new Float32Array(data.slice().buffer);
const info = (dtype: 'float32' | 'int64', dims: readonly number[]) => ({ kind: 'tensor', dtype, shape: dims }) as const;

export interface FakeParakeet extends Program {
  /** How many frames each step looked at. */
  readonly looks: number[];
  /** Frames of each window that was encoded. */
  readonly windows: number[];
}

export function fakeParakeet(say: Say, fails = false): FakeParakeet {
  const [looks, windows]: [number[], number[]] = [[], []];
  const columns = vocabulary + shape.durations.length;
  const encode = ([, length]: readonly Tensor[]) => {
    const count = Math.ceil(Number(new BigInt64Array(length!.data.slice().buffer)[0]) / shape.subsampling);
    windows.push(count);
    return [
      floats(
        Array.from({ length: count }, (_, i) => i),
        [1, count, 1],
      ),
    ];
  };
  const decode = ([token, hidden, , frames]: readonly Tensor[]) => {
    const [id, before] = [Number(new BigInt64Array(token!.data.slice().buffer)[0]), numbers(hidden!)[0]!];
    const values = [...numbers(frames!)];
    looks.push(values.length);
    const rows = values.map((frame) => row(say(frame, id, before)));
    const after = floats([before + 1], [1, 1]);
    return [
      floats(
        rows.flatMap((each) => [...each]),
        [1, values.length, columns],
      ),
      after,
      after,
    ];
  };
  function row(said: ReturnType<Say>): Float32Array {
    if (said instanceof Float32Array) return said;
    const logits = new Float32Array(columns);
    logits[said[0]] = 5;
    logits[vocabulary + shape.durations.indexOf(said[1])] = 5;
    return logits;
  }
  const program: Pick<FakeParakeet, 'methods' | 'run' | 'looks' | 'windows'> = {
    looks,
    windows,
    methods: [
      {
        name: 'encode',
        inputs: [info('float32', [1, 800, 4]), info('int64', [1])],
        outputs: [info('float32', [1, 100, 1])],
        delegates: [],
      },
      {
        name: 'decode',
        inputs: [info('int64', [1, 1]), info('float32', [1, 1]), info('float32', [1, 1]), info('float32', [1, 8, 1])],
        outputs: [info('float32', [1, 8, columns]), info('float32', [1, 1]), info('float32', [1, 1])],
        delegates: [],
      },
    ],
    run: (method, inputs) =>
      fails
        ? Promise.reject(new Error('broken'))
        : Promise.resolve(method === 'encode' ? encode(inputs) : decode(inputs)),
  };
  return program as FakeParakeet;
}

const words = [' one', ' two', '.', 'ly', ' ', ' three', '?', ',', 'x', '<blank>'];
/** Token → ' one', ' two', '.', 'ly', ' ', ' three', '?', ',', 'x'. */
export const tokenizer = { bytes: (id: number) => Buffer.from(words[id]!) };
