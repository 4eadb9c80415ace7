/** What a reasoning model writes between these before its answer. */
const opening = '<think>';
const closing = '</think>';

/**
 * Parts a reasoning model's text, piece by piece, into its thoughts and its answer. White space around the markers belongs to
 * neither. Thoughts that never end leave no answer.
 */
export class Thinking {
  #state: 'before' | 'inside' | 'after' | 'answer';
  #pending = '';
  #thoughts = '';

  /** `opened`: the prompt itself ended with the opening marker, so the text begins inside. */
  constructor(
    opened: boolean,
    private readonly onThought?: (delta: string) => void,
  ) {
    this.#state = opened ? 'inside' : 'before';
  }

  get thoughts(): string {
    return this.#thoughts.trimEnd();
  }

  /** The part of the text so far that is answer and was not returned yet. */
  push(piece: string): string {
    this.#pending += piece;
    if (this.#state === 'before') this.#begin();
    if (this.#state === 'inside') this.#think();
    if (this.#state === 'after') this.#skipWhiteSpace();
    return this.#state === 'answer' ? this.#take(this.#pending.length) : '';
  }

  /** The rest, once no more will come. */
  finish(): string {
    if (this.#state === 'inside') this.#thought(this.#pending.length);
    return this.#state === 'before' ? this.#take(this.#pending.length) : '';
  }

  #begin(): void {
    const text = this.#pending.trimStart();
    if (text.startsWith(opening)) {
      this.#pending = text.slice(opening.length);
      this.#state = 'inside';
    } else if (!opening.startsWith(text)) this.#state = 'answer';
  }

  #think(): void {
    if (this.#thoughts === '') this.#pending = this.#pending.trimStart();
    const end = this.#pending.indexOf(closing);
    this.#thought(end === -1 ? this.#pending.length - unfinished(this.#pending) : end);
    if (end === -1) return;
    this.#take(closing.length);
    this.#state = 'after';
  }

  #skipWhiteSpace(): void {
    this.#pending = this.#pending.trimStart();
    if (this.#pending !== '') this.#state = 'answer';
  }

  #thought(length: number): void {
    const text = this.#take(length);
    this.#thoughts += text;
    if (text !== '') this.onThought?.(text);
  }

  #take(length: number): string {
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    return taken;
  }
}

/** Characters at the end that may be the closing marker's beginning. */
function unfinished(text: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(closing.slice(0, length))) return length;
  }
  return 0;
}

/** Whether a prompt leaves the model inside its thoughts. */
export function endsInThought(prompt: string): boolean {
  return prompt.trimEnd().endsWith(opening);
}

/** Whether a chat template knows of thoughts at all. */
export function knowsThinking(template: string): boolean {
  return template.includes('enable_thinking') || template.includes(opening);
}
