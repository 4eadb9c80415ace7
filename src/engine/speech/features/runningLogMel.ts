/** Voxtral Realtime's features. Source: transformers feature_extraction_voxtral_realtime.py. */
import { type Features, hann, hop, writeFrame } from './logMel';
import { melFilters } from './melFilters';
import { PowerSpectrum, transformLength } from './powerSpectrum';

/** As if a sound's loudest value were this, which a sound that goes on does not know: the same from its beginning to its end. */
const globalLogMelMax = 1.5;
const margin = transformLength / 2;

/** Log-mel spectrogram of a sound that goes on: frame f is of the 400 samples around 160 f, silence before the first. */
export class RunningLogMel {
  readonly #spectrum = new PowerSpectrum();
  readonly #filters;
  /** From the next frame's first sample on. */
  #samples = new Float32Array(margin);

  constructor(readonly mels: number) {
    this.#filters = melFilters(mels);
  }

  /** The frames that `samples` (16 kHz) complete. */
  push(samples: Float32Array): Features {
    const all = new Float32Array(this.#samples.length + samples.length);
    all.set(this.#samples);
    all.set(samples, this.#samples.length);
    const frames = Math.max(0, Math.floor((all.length - transformLength) / hop) + 1);
    const values = new Float32Array(this.mels * frames);
    for (let frame = 0; frame < frames; frame++) {
      for (let n = 0; n < transformLength; n++) this.#spectrum.input[n] = all[frame * hop + n]! * hann[n]!;
      this.#spectrum.compute();
      writeFrame(this.#filters, this.#spectrum.output, values, frame, frames);
    }
    for (let i = 0; i < values.length; i++) values[i] = (Math.max(values[i]!, globalLogMelMax - 8) + 4) / 4;
    this.#samples = all.slice(frames * hop);
    return { mels: this.mels, frames, values };
  }
}
