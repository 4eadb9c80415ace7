/** dist/engine.cjs as the extension forks it: start-up time, the protocol over real IPC, its end with its parent. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import * as protocol from '../../src/protocol';

const bundle = join(import.meta.dirname, '../../dist/engine.cjs');
let child: ChildProcess;
let client: MessageConnection;
let started: number;

beforeEach(() => {
  started = performance.now();
  child = fork(bundle, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  client = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  client.listen();
});
afterEach(async () => {
  client.dispose();
  if (child.exitCode === null) {
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await exit;
  }
});
const initialize = () => client.sendRequest(protocol.Initialize, { protocolVersion: protocol.protocolVersion });

it('is ready in half a second', async () => {
  expect(await initialize()).toMatchObject({ pid: child.pid });
  expect(performance.now() - started).toBeLessThan(500);
});

it('chats over IPC, streaming', async () => {
  await initialize();
  const activities: string[] = [];
  client.onNotification(protocol.ActivityChanged, ({ state }) => activities.push(state));
  const deltas: string[] = [];
  client.onProgress(protocol.TextDelta, 1, (delta) => deltas.push(delta));
  const messages = [{ role: 'user', content: 'What is the capital of France? Answer in one sentence.' }] as const;
  const params = { model: 'smollm2-135m-instruct', messages, sampling: { temperature: 0 }, progressToken: 1 };
  const { text, finish } = await client.sendRequest(protocol.Chat, params);
  expect(text).toContain('Paris');
  expect(finish).toBe('stop');
  expect(deltas.join('')).toBe(text);
  expect(activities).toEqual(['loading', 'idle', 'working', 'idle']);
});

it('stops a generation that is cancelled, and keeps its text', async () => {
  await initialize();
  const source = new CancellationTokenSource();
  let deltas = 0;
  client.onProgress(protocol.TextDelta, 2, () => void (++deltas === 5 && source.cancel()));
  const messages = [{ role: 'user', content: 'Tell me a very long story about a dragon.' }] as const;
  const params = { model: 'smollm2-135m-instruct', messages, sampling: { temperature: 0 }, progressToken: 2 };
  const { text, finish, timings } = await client.sendRequest(protocol.Chat, params, source.token);
  expect(finish).toBe('cancelled');
  expect(text.length).toBeGreaterThan(5);
  expect(timings.generatedTokens).toBeLessThan(40);
});

it('ends when it is told to, and with its parent', async () => {
  await initialize();
  const exit = new Promise((resolve) => child.once('exit', resolve));
  await client.sendRequest(protocol.Shutdown);
  expect(await exit).toBe(0);
});

it('ends when its parent is gone', async () => {
  await initialize();
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  expect(await exit).toBe(0);
});
