import type { Tokenizer } from '../../text/tokenizer';
import type { EncoderDecoder } from '../encoderDecoder';
import type { WhisperTokens } from './tokens';

/** What a loaded model lends for recognition. */
export interface WhisperModel {
  readonly model: EncoderDecoder;
  readonly tokenizer: Tokenizer;
  readonly tokens: WhisperTokens;
  readonly mels: number;
  /** Of a window, 10 ms each. */
  readonly frames: number;
  readonly contextLength: number;
}
