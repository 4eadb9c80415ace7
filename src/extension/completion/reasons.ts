/** Why nothing is shown. Closed, and each is logged, so that a silent feature can be explained. */
export type NothingReason =
  | 'disabled' // the setting completion.enabled
  | 'snoozed'
  | 'languageDisabled' // the setting completion.languages
  | 'schemeExcluded' // not a document that a user writes code in
  | 'multipleCursors'
  | 'midLine' // an automatic trigger with code to the right of the cursor
  | 'midWord' // the cursor touches an identifier on its right
  | 'promptTooShort'
  | 'cancelled' // the user typed on, or moved away
  | 'failed' // the engine or the model reported an error (logged with it)
  | 'emptyAnswer' // the model had nothing to add
  | 'repeatsNextLine'; // it would write what already follows

export type Outcome =
  { readonly kind: 'show'; readonly text: string; readonly from: 'model' | 'typedAsSuggested' } | Nothing;
export interface Nothing {
  readonly kind: 'nothing';
  readonly reason: NothingReason;
}

export const nothing = (reason: NothingReason): Nothing => ({ kind: 'nothing', reason });
