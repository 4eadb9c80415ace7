/** Decides, token by token, whether a generation ends, and what of its text is shown. Pure functions of the text. */
export interface StopRule {
  /** `settled`: the first so many characters will be shown whatever follows, so they can be streamed. */
  check(text: string): { readonly stop: boolean; readonly settled: number };
  /** What is shown of the final text; begins with everything that was ever settled. */
  trim(text: string): string;
}

/** Chat: the model ends its turn itself. */
export const untilEnd: StopRule = {
  check: (text) => ({ stop: false, settled: text.length }),
  trim: (text) => text,
};
