/** Speaking into the input box: the button, what is understood so far, and the text that comes of it. */
import type { VoiceKind } from '../../src/protocol/chatView';
import { button, element, icon } from './dom';
import { send } from './host';

interface Dictated {
  readonly before: string;
  readonly after: string;
  readonly caret: number;
}

const labels: Record<VoiceKind, string> = {
  idle: 'Speak',
  opening: 'Opening the microphone',
  listening: 'Listening: click when you are done',
  speech: 'Listening: click when you are done',
  thinking: 'Understanding',
};

export class Dictation {
  readonly button: HTMLButtonElement;
  /** What is understood so far; only the first will not change. */
  readonly heard = element('div', 'heard');
  private readonly confirmed = element('span', 'confirmed');
  private readonly tentative = element('span', 'tentative');
  private readonly dictated: Dictated[] = [];

  constructor(private readonly input: HTMLTextAreaElement) {
    this.button = button('talk', labels.idle, () => {
      this.input.focus();
      send({ type: 'talk' });
    });
    this.button.append(icon('microphone'));
    this.heard.append(this.confirmed, this.tentative);
    this.heard.hidden = true;
    this.heard.setAttribute('aria-live', 'polite');
  }

  show(state: VoiceKind, level: number): void {
    this.button.dataset['state'] = state;
    this.button.style.setProperty('--level', String(level));
    this.button.title = labels[state];
    this.button.setAttribute('aria-label', labels[state]);
    this.button.setAttribute('aria-pressed', String(state !== 'idle'));
  }

  showHeard(confirmed: string, tentative: string): void {
    this.confirmed.textContent = confirmed;
    this.tentative.textContent = tentative;
    this.heard.hidden = confirmed + tentative === '';
  }

  /** At the caret, or in place of what is selected; one step for the box's own undo. */
  insert(text: string): void {
    const { value, selectionStart: caret } = this.input;
    const before = value.slice(0, caret);
    const spaced = /\S$/.test(before) && /^[\p{L}\p{N}]/u.test(text) ? ` ${text}` : text;
    this.write(spaced);
    this.dictated.push({ before: value, after: this.input.value, caret });
  }

  /** As the box was before the last dictation, unless it was edited since. */
  takeBack(): void {
    const last = this.dictated.pop();
    if (last?.after !== this.input.value) return;
    this.input.select();
    this.write(last.before);
    this.input.setSelectionRange(last.caret, last.caret);
  }

  private write(text: string): void {
    this.input.focus();
    // The only way that keeps the box's undo history.
    document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
  }
}
