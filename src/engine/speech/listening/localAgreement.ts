/**
 * What two hypotheses of a growing sound say alike, from the beginning on, is taken as settled. Source: Macháček et al., "Turning
 * Whisper into Real-Time Transcription System", arXiv 2307.14743.
 */
import type { PartialText } from '../recognizer';

export class LocalAgreement {
  #confirmed: readonly string[] = [];
  #previous: readonly string[] = [];

  /** `text`: of the whole sound so far. */
  push(text: string): PartialText {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const agreed = words.findIndex((word, i) => word !== this.#previous[i]);
    const common = agreed < 0 ? words.length : agreed;
    if (common > this.#confirmed.length) this.#confirmed = words.slice(0, common);
    this.#previous = words;
    return joined(this.#confirmed, words.slice(this.#confirmed.length));
  }
}

function joined(confirmed: readonly string[], tentative: readonly string[]): PartialText {
  const rest = tentative.join(' ');
  return { confirmed: confirmed.join(' '), tentative: confirmed.length > 0 && rest !== '' ? ` ${rest}` : rest };
}
