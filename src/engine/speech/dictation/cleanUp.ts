/** A language model may re-punctuate and re-case what was dictated. Whether it did no more than that is checked here. */

/** Sentence punctuation that may come, go or change; every other sign, brackets and operators among them, must stay. */
const punctuation = /[.,;:!?…"'“”‘’`´\-–—]/gu;

/** `cleaned` where it has the same letters, digits and symbols in the same order, else `dictated` as it was. */
export function acceptedCleanUp(dictated: string, cleaned: string): string {
  return onlyRepunctuates(dictated, cleaned) ? cleaned : dictated;
}

/** The same but for case, spaces and sentence punctuation; an apostrophe within a word and a sign between digits count as written. */
export function onlyRepunctuates(before: string, after: string): boolean {
  return substance(before) === substance(after);
}

function substance(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/(\d)([.,:/-])(?=\d)/g, (_, digit: string, sign: string) => `${digit}\u0001${sign.codePointAt(0)}\u0001`)
    .replace(punctuation, '')
    .replace(/\s+/gu, '');
}
