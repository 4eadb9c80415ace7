import type { Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import { manifestInvalid } from '../../models/errors';
import type { RealtimeManifest } from '../../models/manifest';
import type { Program } from '../../native/addonTypes';
import type { Tokenizer } from '../../text/tokenizer';
import type { RecognitionOptions, Recognizer, SpeechStream } from '../recognizer';
import type { SpeechParts } from '../recognizers';
import { refuseTranslation } from '../requests';
import { delayTokens } from './delay';
import type { RealtimeModel } from './hearing';
import { RealtimeStream } from './stream';
import type { EncoderShape } from './streamingEncoder';
import { framesAToken } from './tokens';

export class RealtimeRecognizer implements Recognizer {
  /** The encoder's state is the program's, so there is one sound at a time. */
  #busy = false;

  private constructor(
    private readonly model: RealtimeModel,
    private readonly tokenizer: Tokenizer,
    private readonly delay: number,
  ) {}

  /** @throws program_unsupported, model_invalid */
  static of({ program, tokenizer, contextLength }: SpeechParts, speech: RealtimeManifest): RealtimeRecognizer {
    const { tokens, leftPad, delay } = speech;
    const encoder = encoderOf(program, speech);
    const session = program.createSession({ contextLength });
    return new RealtimeRecognizer({ program, session, encoder, tokens, leftPad, contextLength }, tokenizer, delay);
  }

  async recognize(samples: Float32Array, options: RecognitionOptions = {}): Promise<Transcription> {
    const stream = this.stream(options);
    try {
      await stream.push(samples);
      return await stream.finish();
    } finally {
      stream.dispose();
    }
  }

  /** @throws invalid_argument */
  stream(options: RecognitionOptions = {}): SpeechStream {
    refuseTranslation('voxtral_realtime', options);
    const delay = options.delayMs === undefined ? this.delay : delayTokens(options.delayMs);
    if (this.#busy) throw invalidArgument('The model hears another sound already.', 'Wait until that one has ended.');
    this.#busy = true;
    return new RealtimeStream(this.model, this.tokenizer, delay, options, () => (this.#busy = false));
  }

  dispose(): void {
    this.model.session.dispose();
  }
}

function encoderOf(program: Program, { melBins: mels, mostTokens }: RealtimeManifest): EncoderShape {
  const method = program.methods.find(({ name }) => name === 'encode');
  const [input, output] = [method?.inputs[0], method?.outputs[0]];
  const wanted = [1, mels, mostTokens * framesAToken];
  if (input?.dtype !== 'float32' || input.shape.join() !== wanted.join()) {
    const found = input ? `[${input.shape.join(', ')}]` : 'missing';
    throw manifestInvalid('model.json', `its features are [${wanted.join(', ')}] at most, the program's ${found}`);
  }
  const { featureWidth } = program.languageModel();
  const [, rows, width] = output?.shape ?? [];
  if (output?.dtype !== 'float32' || output.shape.length !== 3 || rows !== mostTokens || width !== featureWidth) {
    throw manifestInvalid('model.json', 'what its program hears is not what its language model takes');
  }
  return { mels, mostTokens, width };
}
