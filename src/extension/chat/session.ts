/** The open conversation: asks, streams, stops, retries; tells the view and saves. Knows nothing of the editor. */
import type { CancellationToken } from 'vscode-jsonrpc';
import type { ChatMessage, ChatParams, GenerationResult, ModelSummary, PteronError } from '../../protocol';
import type { ToView, Turn } from '../../protocol/chatView';
import { toPteronError } from '../engine/errors';
import { CancellationSource } from '../events';
import type { Log } from '../log';
import type { ChatHistory } from './history';

export interface ChatSessionOptions {
  readonly history: ChatHistory;
  readonly model: () => Promise<ModelSummary>;
  readonly chat: (
    params: ChatParams,
    onDelta: (text: string) => void,
    token: CancellationToken,
  ) => Promise<GenerationResult>;
  readonly limits: () => { readonly maxTokens: number; readonly temperature: number; readonly thinking: boolean };
  readonly post: (message: ToView) => void;
  readonly log: Log;
  readonly onFailure: (error: PteronError) => void;
  readonly onSuccess: () => void;
}

const systemPrompt =
  'You are Pteron, a programming assistant that runs on the user’s own machine. Answer briefly and correctly. ' +
  'Put code in Markdown code blocks with their language.';
/** While an answer streams, it is saved this often, so that a reload loses little. */
const saveEveryMs = 1000;

export class ChatSession {
  private running: { readonly turn: Turn; readonly source: CancellationSource } | undefined;
  private lastSaved = 0;

  constructor(private readonly options: ChatSessionOptions) {}

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Sends everything the view shows. */
  show(): void {
    const { history, post } = this.options;
    post({ type: 'conversation', turns: history.active.turns, earlier: history.all.length });
  }

  async ask(question: string): Promise<void> {
    if (this.running) return;
    await this.answer({ id: crypto.randomUUID(), question, answer: '', state: 'streaming' });
  }

  /** Asks a turn's question again, in place. Turns after it are of another course of conversation, so only the last can. */
  async retry(id: string): Promise<void> {
    const last = this.options.history.active.turns.at(-1);
    if (this.running || last?.id !== id) return;
    await this.answer({ id, question: last.question, answer: '', state: 'streaming' });
  }

  stop(): void {
    this.running?.source.cancel();
  }

  async startNew(): Promise<void> {
    this.stop();
    this.options.history.startNew();
    await this.options.history.save();
    this.show();
  }

  async open(id: string): Promise<void> {
    this.stop();
    this.options.history.open(id);
    await this.options.history.save();
    this.show();
  }

  dispose(): void {
    this.stop();
  }

  private async answer(turn: Turn): Promise<void> {
    const { history, post } = this.options;
    const conversation = history.active;
    const source = new CancellationSource();
    this.running = { turn, source };
    history.put(turn);
    post({ type: 'turn', turn });
    try {
      await this.generate(turn, conversation.turns, source.token);
    } catch (error) {
      this.failed(turn, toPteronError(error), source.token);
    } finally {
      this.running = undefined;
      // The user may have opened another conversation meanwhile: the turn object is still in its own.
      if (history.active === conversation) post({ type: 'turn', turn });
      post({ type: 'progress', text: '' });
      await history.save();
    }
  }

  private async generate(turn: Turn, turns: readonly Turn[], token: CancellationToken): Promise<void> {
    const { options } = this;
    const model = await options.model();
    turn.model = model.name;
    const { maxTokens, temperature, thinking } = options.limits();
    const messages = toMessages(turns, turn);
    const onDelta = (text: string): void => this.streamed(turn, text);
    const result = await options.chat(
      { model: model.id, messages, maxTokens, thinking, sampling: { temperature } },
      onDelta,
      token,
    );
    if (result.text.length >= turn.answer.length) turn.answer = result.text;
    turn.state = result.finish === 'stop' ? 'complete' : result.finish === 'length' ? 'length' : 'stopped';
    const { generatedTokens, decodeMs } = result.timings;
    if (decodeMs > 0 && generatedTokens > 1) turn.tokensPerSecond = (generatedTokens * 1000) / decodeMs;
    options.log.info(`chat: ${result.finish}, ${generatedTokens} tokens in ${decodeMs.toFixed(0)} ms`);
    options.onSuccess();
  }

  private streamed(turn: Turn, text: string): void {
    const { history, post } = this.options;
    turn.answer += text;
    if (history.active.turns.includes(turn)) post({ type: 'delta', turn: turn.id, text });
    const now = Date.now();
    if (now - this.lastSaved < saveEveryMs) return;
    this.lastSaved = now;
    void history.save();
  }

  private failed(turn: Turn, error: PteronError, token: CancellationToken): void {
    if (token.isCancellationRequested) {
      turn.state = 'stopped';
      return;
    }
    turn.state = error.code === 'engine_exited' && turn.answer !== '' ? 'interrupted' : 'failed';
    turn.error = { code: error.code, message: error.message, remedy: error.remedy };
    this.options.log.error(`chat: ${error.toString()}`);
    this.options.onFailure(error);
  }
}

/** Earlier turns that have an answer, then the question. The engine leaves out the oldest where they do not fit. */
export function toMessages(turns: readonly Turn[], current: Turn): ChatMessage[] {
  const earlier = turns.filter((turn) => turn.id !== current.id && turn.answer !== '');
  return [
    { role: 'system', content: systemPrompt },
    ...earlier.flatMap((turn): ChatMessage[] => [
      { role: 'user', content: turn.question },
      { role: 'assistant', content: turn.answer },
    ]),
    { role: 'user', content: current.question },
  ];
}
