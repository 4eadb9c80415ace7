/** A Parakeet's program: what was heard, and what a step of its transducer says. */
import { manifestInvalid } from '../../models/errors';
import type { ParakeetManifest } from '../../models/manifest';
import type { Program, Tensor, TensorInfo } from '../../native/addonTypes';
import type { FrameFeatures } from '../features/parakeetFeatures';

/** A sound, as the joint network adds it. */
export interface Heard {
  readonly frames: number;
  /** [frames, hiddenSize], row-major. */
  readonly values: Float32Array;
}

/** What the prediction network knows: all that was said but the last token, and that token. */
export interface PredictionState {
  readonly token: number;
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

export interface Prediction {
  /** [frames, vocabulary + durations], row-major. */
  readonly logits: Float32Array;
  /** For the next token: the state after this one. */
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

export class ParakeetProgram {
  /** @throws model_invalid where the program is another one than the manifest says */
  constructor(
    private readonly program: Program,
    readonly shape: ParakeetManifest,
    readonly vocabulary: number,
  ) {
    checkSignature(program, signatureOf(shape, vocabulary));
  }

  /** Before anything was said. */
  begin(): PredictionState {
    const { blank, layers, hiddenSize } = this.shape;
    const nothing = () => tensor(new Float32Array(layers * hiddenSize), [layers, hiddenSize]);
    return { token: blank, hidden: nothing(), cell: nothing() };
  }

  /** @throws inference_failed */
  async encode({ values, frames, mels }: FrameFeatures): Promise<Heard> {
    const { subsampling, hiddenSize } = this.shape;
    const count = Math.ceil(frames / subsampling);
    const padded = new Float32Array(count * subsampling * mels);
    padded.set(values);
    const features = tensor(padded, [1, count * subsampling, mels]);
    const [heard] = await this.program.run('encode', [features, integer([1], frames)]);
    return { frames: count, values: floats(heard!, count * hiddenSize) };
  }

  /** What the frames from `start` to `end` say after the state's token; at most `shape.stepFrames`. @throws inference_failed */
  async predict(state: PredictionState, { values }: Heard, start: number, end: number): Promise<Prediction> {
    const { hiddenSize, durations } = this.shape;
    const frames = tensor(values.slice(start * hiddenSize, end * hiddenSize), [1, end - start, hiddenSize]);
    const inputs = [integer([1, 1], state.token), state.hidden, state.cell, frames];
    const [logits, hidden, cell] = await this.program.run('decode', inputs);
    const columns = this.vocabulary + durations.length;
    return { logits: floats(logits!, (end - start) * columns), hidden: hidden!, cell: cell! };
  }
}

const tensor = (values: Float32Array, shape: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

const integer = (shape: readonly number[], value: number): Tensor => ({
  dtype: 'int64',
  shape,
  data: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
});

function floats({ data }: Tensor, count: number): Float32Array {
  if (data.byteLength !== 4 * count) throw new RangeError(`${data.byteLength} bytes, where ${count} numbers belong`);
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, count);
}

interface Signature {
  readonly method: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function signatureOf(shape: ParakeetManifest, vocabulary: number): Signature[] {
  const { frames, melBins, subsampling, hiddenSize, layers, stepFrames, durations } = shape;
  const state = `float32[${layers}, ${hiddenSize}]`;
  return [
    {
      method: 'encode',
      inputs: [`float32[1, ${frames}, ${melBins}]`, 'int64[1]'],
      outputs: [`float32[1, ${frames / subsampling}, ${hiddenSize}]`],
    },
    {
      method: 'decode',
      inputs: ['int64[1, 1]', state, state, `float32[1, ${stepFrames}, ${hiddenSize}]`],
      outputs: [`float32[1, ${stepFrames}, ${vocabulary + durations.length}]`, state, state],
    },
  ];
}

function checkSignature(program: Program, expected: readonly Signature[]): void {
  for (const { method, inputs, outputs } of expected) {
    const found = program.methods.find(({ name }) => name === method);
    const [wanted, actual] = [
      `${inputs.join(', ')} → ${outputs.join(', ')}`,
      found ? `${found.inputs.map(describe).join(', ')} → ${found.outputs.map(describe).join(', ')}` : 'none',
    ];
    if (wanted !== actual) {
      throw manifestInvalid('model.json', `by it the method ${method} is ${wanted}, in the program ${actual}`);
    }
  }
}

const describe = ({ dtype, shape }: TensorInfo): string => `${dtype}[${shape.join(', ')}]`;
