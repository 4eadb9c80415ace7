import type { Transcription } from '../../../protocol';
import { manifestInvalid } from '../../models/errors';
import type { VoxtralManifest } from '../../models/manifest';
import type { Program } from '../../native/addonTypes';
import type { RecognitionOptions, Recognizer } from '../recognizer';
import type { SpeechParts } from '../recognizers';
import { refuseTranslation } from '../requests';
import type { Encoder } from './hear';
import { answer, transcribe, type VoxtralModel } from './recognition';

export class VoxtralRecognizer implements Recognizer {
  private constructor(private readonly model: VoxtralModel) {}

  /** @throws program_unsupported, model_invalid */
  static of({ program, tokenizer, contextLength }: SpeechParts, speech: VoxtralManifest): VoxtralRecognizer {
    const encoder = encoderOf(program, speech);
    const session = program.createSession({ contextLength });
    return new VoxtralRecognizer({ encoder, session, tokenizer, tokens: speech.tokens, contextLength });
  }

  async recognize(samples: Float32Array, options: RecognitionOptions = {}): Promise<Transcription> {
    refuseTranslation('voxtral', options);
    return transcribe(this.model, samples, options);
  }

  async answer(samples: Float32Array, question: string, options: RecognitionOptions = {}): Promise<Transcription> {
    return answer(this.model, samples, question, options);
  }

  dispose(): void {
    this.model.session.dispose();
  }
}

function encoderOf(program: Program, { melBins: mels, frames }: VoxtralManifest): Encoder {
  const method = program.methods.find(({ name }) => name === 'encode');
  const [input, output] = [method?.inputs[0], method?.outputs[0]];
  const wanted = [1, mels, frames];
  if (input?.dtype !== 'float32' || input.shape.join() !== wanted.join()) {
    const found = input ? `[${input.shape.join(', ')}]` : 'missing';
    throw manifestInvalid('model.json', `its features are [${wanted.join(', ')}], the program's ${found}`);
  }
  const { featureWidth } = program.languageModel();
  const [, rows = 0, width] = output?.shape ?? [];
  if (output?.dtype !== 'float32' || output.shape.length !== 3 || rows < 1 || width !== featureWidth) {
    throw manifestInvalid('model.json', 'what its program hears is not what its language model takes');
  }
  return { program, mels, frames, rows, width };
}
