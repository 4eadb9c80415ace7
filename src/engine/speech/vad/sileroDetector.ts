import { manifestInvalid } from '../../models/errors';
import type { VadManifest } from '../../models/manifest';
import type { InstalledModel } from '../../models/store';
import type { Addon, Program, Tensor } from '../../native/addonTypes';
import { type VoiceActivityDetector, windowSamples } from './voiceActivity';

const method = 'forward';

/** A recurrent model: each window is judged with the end of the one before, and the state that it left. */
export class SileroDetector implements VoiceActivityDetector {
  readonly #input: Float32Array;
  #state: Tensor;

  private constructor(
    private readonly program: Program,
    private readonly vad: VadManifest,
  ) {
    this.#input = new Float32Array(vad.context + windowSamples);
    this.#state = zeros(vad.state);
  }

  /** @throws program_*, model_invalid, addon_missing */
  static async load(addon: Addon, { manifest, programPath, dataPaths }: InstalledModel): Promise<SileroDetector> {
    const { vad } = manifest;
    if (!vad) throw manifestInvalid('model.json', 'it does not say how the detector is called');
    const program = await addon.Program.load(programPath, { dataPaths });
    const inputs = program.methods.find(({ name }) => name === method)?.inputs ?? [];
    const wanted = [[1, vad.context + windowSamples], vad.state];
    if (
      inputs.length !== 2 ||
      !inputs.every(({ dtype, shape }, i) => dtype === 'float32' && `${shape}` === `${wanted[i]}`)
    ) {
      program.dispose();
      throw manifestInvalid('model.json', 'its detector is not called as the program is');
    }
    return new SileroDetector(program, vad);
  }

  async push(samples: Float32Array): Promise<readonly number[]> {
    const probabilities = [];
    for (let at = 0; at + windowSamples <= samples.length; at += windowSamples) {
      probabilities.push(await this.#judge(samples.subarray(at, at + windowSamples)));
    }
    return probabilities;
  }

  reset(): void {
    this.#input.fill(0);
    this.#state = zeros(this.vad.state);
  }

  dispose(): void {
    this.program.dispose();
  }

  async #judge(window: Float32Array): Promise<number> {
    const input = this.#input;
    input.copyWithin(0, windowSamples);
    input.set(window, this.vad.context);
    const sound = { dtype: 'float32', shape: [1, input.length], data: new Uint8Array(input.slice().buffer) } as const;
    const [probability, state] = await this.program.run(method, [sound, this.#state]);
    this.#state = state!;
    return new DataView(probability!.data.buffer, probability!.data.byteOffset).getFloat32(0, true);
  }
}

function zeros(shape: readonly number[]): Tensor {
  const bytes = shape.reduce((product, extent) => product * extent, 4);
  return { dtype: 'float32', shape, data: new Uint8Array(bytes) };
}
