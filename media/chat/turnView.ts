/** One question and its answer. */
import type { Turn } from '../../src/protocol/chatView';
import { button, confirmOn, element, icon, iconButton } from './dom';
import { send } from './host';
import { renderMarkdown } from './markdown';

/** Streamed text is rendered at most this often. */
const renderEveryMs = 60;

export class TurnView {
  readonly node = element('article', 'turn');
  private readonly answer = element('div', 'answer');
  private readonly footer = element('div', 'turn-footer');
  private turn: Turn;
  private isLast = true;
  private timer: number | undefined;

  constructor(
    turn: Turn,
    private readonly onRendered: () => void,
  ) {
    this.turn = turn;
    this.node.dataset['turn'] = turn.id;
    this.node.append(element('div', 'question', turn.question), this.answer, this.footer);
    this.render();
  }

  update(turn: Turn): void {
    this.turn = turn;
    this.render();
  }

  append(text: string): void {
    this.turn = { ...this.turn, answer: this.turn.answer + text };
    this.timer ??= window.setTimeout(() => this.render(), renderEveryMs);
  }

  /** Only the last turn can be asked again. */
  setLast(isLast: boolean): void {
    if (this.isLast === isLast) return;
    this.isLast = isLast;
    this.renderFooter();
  }

  private render(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    const { state, answer } = this.turn;
    this.node.dataset['state'] = state;
    this.answer.replaceChildren(renderMarkdown(answer));
    if (state === 'streaming') this.answer.append(waiting(answer === ''));
    this.renderFooter();
    this.onRendered();
  }

  private renderFooter(): void {
    const { turn } = this;
    this.footer.replaceChildren();
    if (turn.state === 'streaming') return;
    const notice = noticeOf(turn);
    if (notice) this.footer.append(callout(turn, notice, this.isLast));
    if (turn.answer !== '') this.footer.append(this.toolbar(notice?.kind !== 'error'));
  }

  private toolbar(withRetry: boolean): HTMLElement {
    const { turn } = this;
    const copy = iconButton('copy', 'Copy the answer', () => {
      send({ type: 'copy', text: turn.answer });
      confirmOn(copy, 'copy');
    });
    const retry =
      this.isLast && withRetry
        ? iconButton('retry', 'Ask again', () => send({ type: 'retry', turn: turn.id }))
        : undefined;
    const speed = turn.tokensPerSecond === undefined ? '' : ` · ${turn.tokensPerSecond.toFixed(0)} tokens/s`;
    return element('div', 'turn-toolbar', copy, retry, element('span', 'turn-facts', `${turn.model ?? ''}${speed}`));
  }
}

function waiting(nothingYet: boolean): HTMLElement {
  const node = element('span', nothingYet ? 'waiting' : 'caret');
  if (nothingYet) node.append(element('i', ''), element('i', ''), element('i', ''));
  node.setAttribute('aria-label', 'Answering');
  return node;
}

interface Notice {
  readonly kind: 'note' | 'error';
  readonly title: string;
  readonly detail: string;
}

function noticeOf({ state, error }: Turn): Notice | undefined {
  const detail = error ? `${error.message} ${error.remedy}` : '';
  switch (state) {
    case 'interrupted':
      return {
        kind: 'error',
        title: 'Interrupted',
        detail: detail || 'The editor was closed while this was being written.',
      };
    case 'failed':
      return { kind: 'error', title: 'No answer', detail };
    case 'stopped':
      return { kind: 'note', title: 'Stopped', detail: '' };
    case 'length':
      return { kind: 'note', title: 'Cut at the longest answer set', detail: '' };
    default:
      return undefined;
  }
}

function callout(turn: Turn, { kind, title, detail }: Notice, canRetry: boolean): HTMLElement {
  const node = element('div', `callout callout-${kind}`);
  if (kind === 'note') {
    node.append(title);
    return node;
  }
  node.setAttribute('role', 'alert');
  const actions = element('div', 'callout-actions');
  if (canRetry)
    actions.append(button('primary', 'Try again', () => send({ type: 'retry', turn: turn.id }), 'Try again'));
  actions.append(button('secondary', 'Show log', () => send({ type: 'showLog' }), 'Show log'));
  node.append(icon('warning'), element('div', 'callout-text', element('strong', '', title), detail), actions);
  return node;
}
