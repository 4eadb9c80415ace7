/** What listening is at, and what came of it last. */
import type { ListenState, ListenWarning, NothingReason, PteronError, SilentReason } from '../../protocol';

export interface Listening {
  readonly kind: ListenState;
  /** 0 … 1, oldest first: the newest levels, for the meter. */
  readonly levels: readonly number[];
  readonly seconds: number;
  readonly confirmed: string;
  readonly tentative: string;
  readonly warning?: ListenWarning | undefined;
}

/** What came of the last utterance. */
export type SpokenResult =
  | { readonly kind: 'inserted'; readonly text: string }
  /** The place where it was to go is gone: the user is asked. */
  | { readonly kind: 'unplaced'; readonly text: string }
  | { readonly kind: 'ran'; readonly title: string }
  | { readonly kind: 'declined'; readonly title: string }
  | { readonly kind: 'nothing'; readonly reason: SilentReason | NothingReason; readonly detail: string }
  | { readonly kind: 'failed'; readonly error: PteronError }
  | { readonly kind: 'cancelled' };

export type VoiceState = { readonly kind: 'idle'; readonly last?: SpokenResult } | Listening;

const levelsKept = 6;

export const opening: Listening = { kind: 'opening', levels: [], seconds: 0, confirmed: '', tentative: '' };

export function withLevel(levels: readonly number[], level: number): readonly number[] {
  return [...levels, level].slice(-levelsKept);
}
