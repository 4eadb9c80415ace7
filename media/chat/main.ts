/** The chat's page: the conversation above, the input box below. All state that must last is the extension host's. */
import type { ToView, Turn } from '../../src/protocol/chatView';
import './style.css';
import './waiting.css';
import './composer.css';
import './highlight.css';
import { Composer } from './composer';
import { button, element, icon } from './dom';
import { onMessage, send } from './host';
import { TurnView } from './turnView';

const examples = [
  'Explain what a Python decorator is, with a short example.',
  'Write a function that reverses a linked list.',
  'What is the difference between a process and a thread?',
];
/** Closer to the end than this, the view follows what is being written. */
const followDistance = 48;

class ChatPage {
  private readonly views = new Map<string, TurnView>();
  private turns: Turn[] = [];
  private following = true;
  private readonly list = element('main', 'conversation');
  private readonly welcome: HTMLElement;
  private readonly composer = new Composer(() => this.turns.at(-1)?.question ?? '');

  constructor(root: HTMLElement) {
    this.welcome = this.makeWelcome();
    this.list.setAttribute('aria-live', 'polite');
    this.list.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.list;
      this.following = scrollHeight - scrollTop - clientHeight < followDistance;
    });
    root.append(this.list, this.composer.node);
    new ResizeObserver(() => this.follow()).observe(this.list);
    onMessage((message) => this.receive(message));
    tellFocus();
    send({ type: 'ready' });
  }

  private receive(message: ToView): void {
    switch (message.type) {
      case 'conversation':
        return this.showConversation(message.turns, message.earlier);
      case 'turn':
        return this.showTurn(message.turn);
      case 'delta':
        return this.views.get(message.turn)?.append(message.text);
      case 'model':
        return this.composer.setModel(message.model);
      case 'progress':
        return this.composer.setProgress(message.text);
      case 'focus':
        return this.composer.focus();
      case 'submit':
        return this.composer.submit();
      case 'voice':
        return this.composer.dictation.show(message.state, message.level);
      case 'spoken':
        return this.composer.dictation.showHeard(message.confirmed, message.tentative);
      case 'dictated':
        return this.composer.dictation.insert(message.text);
      case 'takeBack':
        return this.composer.dictation.takeBack();
    }
  }

  private showConversation(turns: Turn[], earlier: number): void {
    this.turns = [];
    this.views.clear();
    this.list.replaceChildren();
    this.list.classList.toggle('empty', turns.length === 0);
    this.welcome.querySelector('.earlier')?.toggleAttribute('hidden', earlier === 0);
    if (turns.length === 0) this.list.append(this.welcome);
    this.composer.setBusy(false);
    for (const turn of turns) this.showTurn(turn);
  }

  private showTurn(turn: Turn): void {
    const view = this.views.get(turn.id);
    if (view) {
      this.turns = this.turns.map((known) => (known.id === turn.id ? turn : known));
      view.update(turn);
    } else {
      this.addTurn(turn);
    }
    this.composer.setBusy(this.turns.at(-1)?.state === 'streaming');
  }

  private addTurn(turn: Turn): void {
    this.welcome.remove();
    this.list.classList.remove('empty');
    for (const earlier of this.views.values()) earlier.setLast(false);
    const view = new TurnView(turn, () => this.follow());
    this.views.set(turn.id, view);
    this.turns = [...this.turns, turn];
    this.list.append(view.node);
    this.following = true;
    this.follow();
  }

  private follow(): void {
    if (this.following) this.list.scrollTop = this.list.scrollHeight;
  }

  private makeWelcome(): HTMLElement {
    const ask = (question: string): HTMLElement =>
      button('example', question, () => this.composer.ask(question), question);
    const earlier = button('earlier', 'Earlier chats', () => send({ type: 'showHistory' }), 'Earlier chats');
    return element(
      'section',
      'welcome',
      icon('wing'),
      element('h1', '', 'Ask Pteron'),
      element('p', '', 'The model runs on this machine. Nothing you write leaves it.'),
      element('div', 'examples', ...examples.map(ask)),
      earlier,
    );
  }
}

/** The host cannot see the focus, and spoken text goes where it is. */
function tellFocus(): void {
  window.addEventListener('focus', () => send({ type: 'focused', focused: true }));
  window.addEventListener('blur', () => send({ type: 'focused', focused: false }));
  if (document.hasFocus()) send({ type: 'focused', focused: true });
}

const app = document.getElementById('app');
if (app) new ChatPage(app);
