import type { Transcription } from '../../../protocol';
import { manifestInvalid } from '../../models/errors';
import type { WhisperManifest } from '../../models/manifest';
import { EncoderDecoder } from '../encoderDecoder';
import type { RecognitionOptions, Recognizer } from '../recognizer';
import type { SpeechParts } from '../recognizers';
import { recognize } from './recognition';
import type { WhisperModel } from './whisperModel';

export class WhisperRecognizer implements Recognizer {
  private constructor(private readonly whisper: WhisperModel) {}

  /** @throws program_unsupported, model_invalid */
  static of(
    { program, tokenizer, manifest: { contextLength } }: SpeechParts,
    speech: WhisperManifest,
  ): WhisperRecognizer {
    const { melBins: mels, frames, tokens } = speech;
    const model = EncoderDecoder.of([program]);
    if (model.input.shape.join() !== [1, mels, frames].join()) {
      model.dispose();
      throw manifestInvalid(
        'model.json',
        `its features are [1, ${mels}, ${frames}], the program's [${model.input.shape.join(', ')}]`,
      );
    }
    return new WhisperRecognizer({ model, tokenizer, tokens, mels, frames, contextLength });
  }

  recognize(samples: Float32Array, options: RecognitionOptions = {}): Promise<Transcription> {
    return recognize(this.whisper, samples, options);
  }

  dispose(): void {
    this.whisper.model.dispose();
  }
}
