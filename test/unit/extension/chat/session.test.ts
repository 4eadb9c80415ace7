import { describe, expect, it, vi } from 'vitest';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { ChatHistory, historyKey } from '../../../../src/extension/chat/history';
import { ChatSession } from '../../../../src/extension/chat/session';
import { PteronError, type ChatParams, type GenerationResult } from '../../../../src/protocol';
import type { ToView, Turn } from '../../../../src/protocol/chatView';
import { collectingLog, model, timings } from '../support';

type Chat = (
  params: ChatParams,
  onDelta: (text: string) => void,
  token: CancellationToken,
) => Promise<GenerationResult>;

function memory(): { get(key: string): unknown; update(key: string, value: unknown): Promise<void> } {
  const stored = new Map<string, string>();
  return {
    get: (key) => JSON.parse(stored.get(key) ?? 'null') ?? undefined,
    update: async (key, value) => void stored.set(key, JSON.stringify(value)),
  };
}

function setUp(chat: Chat, storage = memory()) {
  const log = collectingLog();
  const history = new ChatHistory(storage, log);
  const posted: ToView[] = [];
  const session = new ChatSession({
    history,
    log,
    chat,
    model: async () => model('talker', 'chat'),
    limits: () => ({ maxTokens: 100, temperature: 0, thinking: true }),
    post: (message) => posted.push(structuredClone(message)),
    onFailure: vi.fn(),
    onSuccess: vi.fn(),
  });
  const last = (): Turn => history.active.turns.at(-1) as Turn;
  return { session, history, storage, posted, last };
}

const answering: Chat = async (params, onDelta) => {
  onDelta('An ');
  onDelta('answer');
  return { text: `An answer to ${params.messages.at(-1)?.content}`, finish: 'stop', timings };
};

describe('ChatSession', () => {
  it('streams an answer and keeps the whole of it', async () => {
    const { session, posted, last } = setUp(answering);
    await session.ask('why?');
    expect(last()).toMatchObject({
      answer: 'An answer to why?',
      state: 'complete',
      model: 'TALKER',
      tokensPerSecond: 20,
    });
    expect(posted.map(({ type }) => type)).toEqual(['turn', 'delta', 'delta', 'turn', 'progress']);
  });

  it('asks within the limits of the settings', async () => {
    const asked = vi.fn(answering);
    await setUp(asked).session.ask('why?');
    const limits = { maxTokens: 100, thinking: true, sampling: { temperature: 0 } };
    expect(asked.mock.calls[0]![0]).toMatchObject(limits);
  });

  it('sends earlier questions and answers with the next question', async () => {
    const chat = vi.fn(answering);
    const { session } = setUp(chat);
    await session.ask('one');
    await session.ask('two');
    const { messages } = chat.mock.calls[1]?.[0] as ChatParams;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages.at(-1)?.content).toBe('two');
  });

  it('keeps what was streamed when the engine is killed, and asks again in place', async () => {
    const exited = new PteronError('engine_exited', 'The engine process was ended by SIGKILL.', 'Try once more.');
    const chat = vi.fn<Chat>(async (_params, onDelta) => (onDelta('Half of'), Promise.reject(exited)));
    const { session, last, history } = setUp(chat);
    await session.ask('why?');
    expect(last()).toMatchObject({ answer: 'Half of', state: 'interrupted', error: { code: 'engine_exited' } });
    chat.mockImplementation(answering);
    await session.retry(last().id);
    expect(history.active.turns).toHaveLength(1);
    expect(last()).toMatchObject({ answer: 'An answer to why?', state: 'complete' });
    expect(last().error).toBeUndefined();
  });

  it('marks a failure before any text as failed, with its remedy', async () => {
    const { session, last } = setUp(() =>
      Promise.reject(new PteronError('out_of_memory', 'Too big.', 'Close something.')),
    );
    await session.ask('why?');
    expect(last()).toMatchObject({
      state: 'failed',
      error: { code: 'out_of_memory', message: 'Too big.', remedy: 'Close something.' },
    });
  });

  it('stops, keeping the text', async () => {
    const { session, last } = setUp(async (_params, onDelta, token) => {
      onDelta('Some text');
      await new Promise((resolve) => token.onCancellationRequested(resolve));
      return { text: 'Some text', finish: 'cancelled', timings };
    });
    const asked = session.ask('why?');
    await vi.waitFor(() => expect(last().answer).toBe('Some text'));
    session.stop();
    await asked;
    expect(last()).toMatchObject({ answer: 'Some text', state: 'stopped' });
    expect(session.busy).toBe(false);
  });

  it('leaves an answer in its own conversation when another is opened meanwhile', async () => {
    const { session, history, posted } = setUp(async (_params, onDelta, token) => {
      onDelta('early ');
      await new Promise((resolve) => token.onCancellationRequested(resolve));
      onDelta('late');
      return { text: 'early late', finish: 'cancelled', timings };
    });
    const asked = session.ask('why?');
    await vi.waitFor(() => expect(history.active.turns[0]?.answer).toBe('early '));
    await session.startNew();
    await asked;
    expect(history.active.turns).toHaveLength(0);
    expect(history.all[0]?.turns[0]).toMatchObject({ answer: 'early late', state: 'stopped' });
    expect(
      posted.slice(posted.findIndex(({ type }) => type === 'conversation')).some(({ type }) => type === 'delta'),
    ).toBe(false);
  });
});

describe('ChatHistory', () => {
  it('survives a reload; an answer that was being written is then interrupted', async () => {
    const { session, storage, last } = setUp(answering);
    await session.ask('why?');
    last().state = 'streaming';
    await storage.update(historyKey, {
      schemaVersion: 1,
      active: 'c',
      conversations: [{ id: 'c', createdAt: 1, turns: [last()] }],
    });
    const again = new ChatHistory(storage, collectingLog());
    expect(again.active.turns).toMatchObject([{ question: 'why?', answer: 'An answer to why?', state: 'interrupted' }]);
  });

  it('keeps an unreadable history aside and starts a new one', async () => {
    const storage = memory();
    await storage.update(historyKey, { schemaVersion: 99, conversations: 'what' });
    const log = collectingLog();
    expect(new ChatHistory(storage, log).active.turns).toEqual([]);
    expect(log.lines[0]).toContain('could not be read');
    expect(storage.get('pteron.chat.history.unreadable')).toMatchObject({ schemaVersion: 99 });
  });

  it('removes a conversation and lists the newest first', async () => {
    const { session, history } = setUp(answering);
    await session.ask('one');
    await session.startNew();
    await session.ask('two');
    expect(history.all.map(({ turns }) => turns[0]?.question)).toEqual(['two', 'one']);
    history.remove(history.active.id);
    expect(history.all.map(({ turns }) => turns[0]?.question)).toEqual(['one']);
    expect(history.active.turns).toEqual([]);
  });
});
