/** The input box: Enter sends, Shift+Enter breaks the line, Escape stops, Up in an empty box brings the last question back. */
import { button, element, icon } from './dom';
import { Dictation } from './dictation';
import { loadState, saveState, send } from './host';

const tallest = 220;

export class Composer {
  readonly node: HTMLElement;
  private readonly input = element('textarea', 'input');
  private readonly modelName = element('span', 'model-name', 'Choose a model');
  private readonly action: HTMLButtonElement;
  private readonly progress = element('span', 'progress');
  private busy = false;
  readonly dictation: Dictation;

  constructor(private readonly lastQuestion: () => string) {
    this.input.rows = 1;
    this.input.placeholder = 'Ask about code';
    this.input.setAttribute('aria-label', 'Your question');
    this.input.value = loadState().draft;
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.action = button('send', 'Send (Enter)', () => this.act());
    const model = button(
      'model',
      'Choose the chat model',
      () => send({ type: 'chooseModel' }),
      this.modelName,
      icon('chevron'),
    );
    this.dictation = new Dictation(this.input);
    const bar = element('div', 'composer-bar', model, this.progress, this.dictation.button, this.action);
    this.node = element('div', 'composer', this.input, this.dictation.heard, bar);
    this.setBusy(false);
    requestAnimationFrame(() => this.changed());
  }

  focus(): void {
    this.input.focus();
  }

  setModel(name: string | undefined): void {
    this.modelName.textContent = name ?? 'No chat model';
  }

  setProgress(text: string): void {
    this.progress.textContent = text;
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
    const label = busy ? 'Stop (Escape)' : 'Send (Enter)';
    this.action.replaceChildren(icon(busy ? 'stop' : 'send'));
    this.action.title = label;
    this.action.setAttribute('aria-label', label);
    this.action.classList.toggle('stop', busy);
    this.enable();
  }

  /** Puts a question in the box and sends it. */
  ask(question: string): void {
    this.input.value = question;
    this.act();
  }

  /** Sends what is in the box, as the button would. */
  submit(): void {
    if (!this.busy) this.act();
  }

  private act(): void {
    if (this.busy) return send({ type: 'stop' });
    const text = this.input.value.trim();
    if (text === '') return;
    send({ type: 'send', text });
    this.input.value = '';
    this.changed();
    this.input.focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return; // the key belongs to an input method
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (!this.busy) this.act();
    } else if (event.key === 'Escape' && this.busy) {
      send({ type: 'stop' });
    } else if (event.key === 'ArrowUp' && this.input.value === '') {
      event.preventDefault();
      this.input.value = this.lastQuestion();
      this.changed();
    }
  }

  private changed(): void {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(tallest, this.input.scrollHeight)}px`;
    saveState({ draft: this.input.value });
    this.enable();
  }

  private enable(): void {
    this.action.disabled = !this.busy && this.input.value.trim() === '';
  }
}
