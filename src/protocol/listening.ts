/**
 * The microphone: what is heard stays in the engine, and the text of it comes out. A user holds a key or toggles; `voice/listen` runs from
 * the first sound to the text, `voice/release` ends the sound, and cancelling the request throws it away.
 */
import { ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { SpeechFocus, SpokenDocument } from './voice';
import type { Transcription } from './types';

export interface Microphone {
  /** Stable as long as the device is plugged in. */
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
}
/** @throws microphone_unavailable */
export const ListMicrophones = new RequestType0<readonly Microphone[], unknown>('voice/microphones');

export interface ListenParams {
  /** A speech model. */
  readonly model: string;
  /** Of ListMicrophones; the system's choice where absent or no longer there. */
  readonly microphone?: string;
  /** A WAV file in the microphone's place, read at the pace of speech; its end releases. For tests, and for machines without a
   *  microphone. */
  readonly file?: string;
  /** Of `file`: times the pace of speech; absent: 1. */
  readonly pace?: number;
  /** A code or an English name; absent: as heard. */
  readonly language?: string;
  /** Sequences that the search for what was said goes on with, of models that search; 1: greedy; absent: 5. */
  readonly beam?: number;
  /** Most other readings of what was said, where the model can tell; absent: none, which is quicker. */
  readonly alternatives?: number;
  /** The open document: its identifiers are expected. */
  readonly document?: SpokenDocument;
  /** Where text would go; absent: the editor. */
  readonly focus?: SpeechFocus;
  /** What is spoken is released after this long without speech; absent: by `voice/release` only. */
  readonly releaseAfterSilenceMs?: number;
  /** The longest sound; it is released then. Default 60 s. */
  readonly longestMs?: number;
  /** Present: the engine sends ListenUpdate progress under this token. */
  readonly progressToken?: string | number;
}

/**
 * opening: the device is not there yet; listening: it is, and nobody speaks; speech: somebody does; thinking: the sound has ended and is
 * being understood.
 */
export type ListenState = 'opening' | 'listening' | 'speech' | 'thinking';
export interface ListenUpdate {
  readonly state: ListenState;
  /** How loud it is, 0 … 1 on a scale of decibels. */
  readonly level: number;
  readonly seconds: number;
  /** Joined, the text so far; only the first will not change before the result, which has the last word. */
  readonly confirmed: string;
  readonly tentative: string;
  /** What a user should know meanwhile, such as that the device gives silence only. */
  readonly warning?: ListenWarning;
}
export const ListenProgress = new ProgressType<ListenUpdate>();
export type ListenWarning = 'no_sound' | 'too_loud' | 'device_changed';

/** Why there is no text. */
export const silentReasons = [
  'no_sound', // the device gave nothing but zeros: muted, or without permission
  'too_short', // released before anything could be said
  'no_speech', // there was sound, and no speech in it
  'unsure', // the model does not trust what it heard
] as const;
export type SilentReason = (typeof silentReasons)[number];

export interface ListenResult {
  readonly finish: 'released' | 'silence' | 'limit' | 'cancelled';
  /** Likeliest first; none where nothing was understood. */
  readonly alternatives: readonly string[];
  readonly nothing?: { readonly reason: SilentReason; readonly detail: string };
  readonly transcription?: Transcription;
  /** The device that was used; null for a file. */
  readonly microphone: Microphone | null;
  readonly timings: {
    /** From the request to the first sound. */
    readonly openMs: number;
    /** From the sound's end to the text. */
    readonly releaseToTextMs: number;
  };
}
/** One at a time. @throws microphone_unavailable, microphone_denied, microphone_busy, model_*, audio_invalid */
export const Listen = new RequestType<ListenParams, ListenResult, unknown>('voice/listen');
/** The key was let go: what was said until now is understood. Without a `voice/listen` under way nothing happens. */
export const ReleaseListen = new RequestType0<void, unknown>('voice/release');
