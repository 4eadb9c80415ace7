import type { TranscriptSegment, Transcription } from '../protocol';
import { invalidArgument } from './errors';
import { roleMismatch } from './models/errors';
import type { LoadedModel } from './models/loadedModel';
import type { ExpectedPhrase } from './speech/recognizer';
import { speechRate } from './speech/audio/decodeAudio';
import { Stopwatch } from './speech/stopwatch';

/** What recognition takes; `speech/requests.ts` says which models have a use for what. */
export interface TranscribeParams {
  readonly model: string;
  /** 16 kHz, one channel, −1 … 1. */
  readonly samples: Float32Array;
  readonly language?: string;
  readonly prompt?: string;
  /** Into English. */
  readonly translate?: boolean;
  /** 0 … 1: drawn at this alone; absent: at 0, and hotter where that cannot be trusted. */
  readonly temperature?: number;
  /** Sequences that the search for the likeliest text goes on with; 1: greedy; absent: 5. Of Whisper. */
  readonly beam?: number;
  /** What fills up Whisper's window: features of 0 (where absent), or silence, as transformers has it. */
  readonly padding?: 'zeros' | 'silence';
  /** Most other readings of the sound; none are sought where absent. */
  readonly alternatives?: number;
  /** Phrases that are other readings where the sound supports them. */
  readonly expected?: readonly ExpectedPhrase[];
  /** What these may go on with, as it is spoken. */
  readonly names?: readonly string[];
  /** Text in whose manner other readings are written. */
  readonly manner?: string;
  /** Whether what was read until now needs no other readings beside it. */
  readonly isEnough?: (texts: readonly string[]) => Promise<boolean>;
  /** Only of models that write while they hear. */
  readonly delayMs?: number;
  /** The text is the model's answer to it. Only of models that chat. */
  readonly question?: string;
}

export interface TranscribeOptions {
  readonly signal?: AbortSignal;
  readonly onSegment?: (segment: TranscriptSegment) => void;
}

export function runTranscription(
  model: LoadedModel,
  params: TranscribeParams,
  options: TranscribeOptions,
): Promise<Transcription> {
  const { id, role } = model.installed.manifest;
  if (role !== 'speech') throw roleMismatch(id, role, 'speech');
  const recognizer = model.recognizer();
  const { samples, question } = params;
  if (question === undefined) return recognizer.recognize(samples, { ...params, ...options });
  if (!recognizer.answer) {
    throw invalidArgument(`${id} writes down what is said, and answers no questions.`, 'Use Voxtral Mini for that.');
  }
  return recognizer.answer(samples, question, { ...params, ...options });
}

/** Cancelled before it began. */
export function nothingHeard(samples: Float32Array): Transcription {
  const { timings } = new Stopwatch();
  const seconds = samples.length / speechRate;
  return {
    text: '',
    language: null,
    languageProbability: 0,
    seconds,
    segments: [],
    skipped: [],
    finish: 'cancelled',
    timings,
  };
}
