import { invalidArgument } from '../../errors';
import type { RecognitionOptions } from '../recognizer';

/** @throws invalid_argument where a translation is asked for, which Voxtral's transcription has no word for */
export function refuseTranslation({ translate }: RecognitionOptions): void {
  if (!translate) return;
  throw invalidArgument(
    'Voxtral writes what is said in its own language.',
    'Use Whisper for that, or ask Voxtral Mini to translate with --ask.',
  );
}
