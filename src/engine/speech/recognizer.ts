import type { TranscriptSegment, Transcription } from '../../protocol';

/** What might be said. */
export interface ExpectedPhrase {
  /** Words, in lower case. */
  readonly text: string;
  /** 'words': any may follow; 'name': too, and one of `names` above all. */
  readonly open: false | 'words' | 'name';
}

/**
 * How a sound is recognized. A model that has no use for a hint ignores it: `language`, `prompt`, `temperature`, `alternatives`,
 * `expected`, `names`, `manner` and `delayMs` are hints, which the editor gives whatever the model is. `requests.ts` says which are of use to which;
 * the command line refuses the others. What a model does take must be right, and `translate` is never ignored: both are invalid_argument.
 */
export interface RecognitionOptions {
  /** A code or an English name; absent: as heard. Of Whisper and Voxtral Mini; the others hear it by themselves. */
  readonly language?: string | undefined;
  /** Text that might have been said before: names and spellings to expect. Of Whisper. */
  readonly prompt?: string | undefined;
  /** Into English, of models that can. */
  readonly translate?: boolean | undefined;
  /** What tokens are drawn at, 0 … 1; absent: at 0, and hotter where that cannot be trusted. Of Whisper; the others draw greedily. */
  readonly temperature?: number | undefined;
  /** Sequences that the search for the likeliest text goes on with; 1: greedy; absent: 5. Of Whisper. */
  readonly beam?: number | undefined;
  /** What fills up the window of a short sound: features of 0 (where absent), or silence, as transformers has it. Of Whisper. */
  readonly padding?: 'zeros' | 'silence' | undefined;
  /** Most other readings of the sound; absent or 0: none are sought. Of all but Voxtral Realtime. */
  readonly alternatives?: number | undefined;
  /** Phrases that count as other readings where they are not much less probable than what was heard freely; the same array means the same. Of Whisper. */
  readonly expected?: readonly ExpectedPhrase[] | undefined;
  /** What phrases may go on with, as it is spoken: 'fetch orders'. Of Whisper. */
  readonly names?: readonly string[] | undefined;
  /** Text in whose manner what was said is written once more, as other readings: 'open paren' for '('. Of Whisper. */
  readonly manner?: string | undefined;
  /** Whether what was read until now, first what was heard freely, needs no other readings beside it. Of Whisper. */
  readonly isEnough?: ((texts: readonly string[]) => Promise<boolean>) | undefined;
  /** How far the text may be behind the sound; of models that write while they hear. */
  readonly delayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSegment?: ((segment: TranscriptSegment) => void) | undefined;
}

/** What is known of a sound that goes on. Joined, both are the text so far; only `confirmed` will not change. */
export interface PartialText {
  readonly confirmed: string;
  readonly tentative: string;
}

/** A sound that is recognized while it is spoken. One call at a time; no use after `finish` or `dispose`. */
export interface SpeechStream {
  /** `samples`: the next ones, 16 kHz. */
  push(samples: Float32Array): Promise<PartialText>;
  /** Of the whole sound. */
  finish(): Promise<Transcription>;
  dispose(): void;
}

/** A speech model in use, of whatever architecture. One call at a time. */
export interface Recognizer {
  /** `samples`: 16 kHz, one channel, −1 … 1. @throws inference_failed, invalid_argument */
  recognize(samples: Float32Array, options?: RecognitionOptions): Promise<Transcription>;
  /** What the model says to a question about the sound, as the transcription's text. Only of models that chat. */
  answer?(samples: Float32Array, question: string, options?: RecognitionOptions): Promise<Transcription>;
  /** Only of models made for it; others hear a growing sound again and again. */
  stream?(options?: RecognitionOptions): SpeechStream;
  dispose(): void;
}
