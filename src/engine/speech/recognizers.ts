/** From what a model's program and model.json say to the recognizer that knows how to use them. */
import { manifestInvalid } from '../models/errors';
import type { Manifest } from '../models/manifest';
import type { Program } from '../native/addonTypes';
import type { Tokenizer } from '../text/tokenizer';
import { ParakeetRecognizer } from './parakeet/recognizer';
import type { Recognizer } from './recognizer';
import { VoxtralRecognizer } from './voxtral/recognizer';
import { RealtimeRecognizer } from './voxtralRealtime/recognizer';
import { WhisperRecognizer } from './whisper/recognizer';

export interface SpeechParts {
  readonly manifest: Manifest;
  readonly program: Program;
  readonly tokenizer: Tokenizer;
  /** Tokens, as far as memory allows them. */
  readonly contextLength: number;
}

/** Whether the model's recognizer has streams. */
export const hearsAsSpoken = ({ speech }: Manifest): boolean => speech?.kind === 'voxtral_realtime';

/** @throws program_unsupported, model_invalid */
export function createRecognizer(parts: SpeechParts): Recognizer {
  const { speech } = parts.manifest;
  if (!speech) throw manifestInvalid('model.json', 'it does not say how speech is recognized');
  switch (speech.kind) {
    case 'whisper':
      return WhisperRecognizer.of(parts, speech);
    case 'voxtral':
      return VoxtralRecognizer.of(parts, speech);
    case 'voxtral_realtime':
      return RealtimeRecognizer.of(parts, speech);
    case 'parakeet':
      return ParakeetRecognizer.of(parts, speech);
  }
}
