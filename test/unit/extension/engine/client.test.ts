/** The client with a real forked process on the other side. */
import { afterEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { EngineClient } from '../../../../src/extension/engine/client';
import type { EngineState } from '../../../../src/extension/engine/supervisor';
import { PteronError } from '../../../../src/protocol';
import { collectingLog, fakeEngine } from '../support';

const clients: EngineClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function start(mode = '', options: { initializeTimeoutMs?: number; modulePath?: string } = {}) {
  const log = collectingLog();
  const backoff = { delaysMs: [10, 20], maxCrashes: 3, windowMs: 60_000 };
  const client = new EngineClient({
    ...{ modulePath: fakeEngine, env: { FAKE_ENGINE: mode }, initializeParams: () => ({}), log, backoff, ...options },
  });
  clients.push(client);
  const states: EngineState['kind'][] = [];
  client.supervisor.onDidChangeState((state) => states.push(state.kind));
  return { client, states, log };
}

const never = new CancellationTokenSource().token;
const ask = (client: EngineClient, content: string, onDelta: (text: string) => void = () => undefined, token = never) =>
  client.chat({ model: 'talker', messages: [{ role: 'user', content }] }, onDelta, token);
const failure = (promise: Promise<unknown>): Promise<PteronError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof PteronError ? error : Promise.reject(error)),
  );

describe('EngineClient', () => {
  it('starts the engine on the first request only, and once for several', async () => {
    const { client, states } = start();
    expect(client.supervisor.state.kind).toBe('stopped');
    const [models, tokens] = await Promise.all([client.listModels(), client.countTokens({ model: 'm', text: 'four' })]);
    expect(models.map(({ id }) => id)).toEqual(['writer', 'talker']);
    expect(tokens).toBe(4);
    expect(states).toEqual(['starting', 'running']);
  });

  it('streams an answer in order and reports what the engine does', async () => {
    const { client } = start();
    const activities: string[] = [];
    client.onDidChangeActivity((activity) => activities.push(activity.state));
    const deltas: string[] = [];
    const result = await ask(client, 'one two three', (text) => deltas.push(text));
    expect(deltas).toEqual(['one ', 'two ', 'three ']);
    expect(result).toMatchObject({ text: 'one two three ', finish: 'stop' });
    expect(activities).toEqual(['working', 'idle']);
  });

  it('resolves a cancelled answer with finish "cancelled"', async () => {
    const { client } = start();
    const source = new CancellationTokenSource();
    const result = await ask(
      client,
      'now hang please',
      (text) => void (text === 'hang ' && source.cancel()),
      source.token,
    );
    expect(result).toMatchObject({ text: 'now hang ', finish: 'cancelled' });
  });

  it('listens until it is released, telling what it hears, and interprets it', async () => {
    const { client } = start();
    const heard: string[] = [];
    const listening = client.listen(
      { model: 'hearer' },
      ({ confirmed, tentative }) => {
        heard.push(confirmed + tentative);
        void client.releaseListen();
      },
      never,
    );
    expect(await listening).toMatchObject({ finish: 'released', alternatives: ['go to line one'] });
    expect(heard).toEqual(['go to line']);
    expect(await client.interpretSpeech({ alternatives: ['x'] })).toMatchObject({ heard: 'x' });
    expect(await client.cheatSheet({})).toContain('Navigation');
    expect(await failure(client.listMicrophones())).toMatchObject({ code: 'microphone_unavailable' });
  });

  it('resolves a cancelled listening with finish "cancelled"', async () => {
    const { client } = start();
    const source = new CancellationTokenSource();
    const listening = client.listen({ model: 'hearer' }, () => source.cancel(), source.token);
    expect(await listening).toMatchObject({ finish: 'cancelled', alternatives: [] });
  });

  it('maps an error of the engine to its code and remedy', async () => {
    const { client } = start();
    const error = await failure(client.loadModel('x'));
    expect(error).toMatchObject({ code: 'model_not_found', message: 'There is no model “x”.', remedy: 'Add it.' });
  });

  it('fails what is in flight with engine_exited when the process is killed, then starts it again by itself', async () => {
    const { client, states } = start();
    const deltas: string[] = [];
    const error = await failure(ask(client, 'first die last', (text) => deltas.push(text)));
    expect(error.code).toBe('engine_exited');
    expect(error.message).toContain('SIGKILL');
    expect(client.activity).toEqual({ state: 'idle' });
    expect((await ask(client, 'again')).text).toBe('again ');
    expect(states).toEqual(['starting', 'running', 'restarting', 'starting', 'running']);
  });

  it('gives up after several crashes, says so, and tries again when told to', async () => {
    const { client, states, log } = start('exitAtOnce');
    const error = await failure(client.listModels());
    expect(error.code).toBe('engine_exited');
    expect(error.message).toContain('crashed 3 times');
    expect(error.remedy).toContain('Restart Engine');
    expect(client.supervisor.state.kind).toBe('failed');
    expect(states.filter((state) => state === 'starting')).toHaveLength(3);
    expect(await failure(client.listModels())).toBe(error); // no further start
    expect(states.filter((state) => state === 'starting')).toHaveLength(3);
    await failure(client.supervisor.restart());
    expect(states.filter((state) => state === 'starting')).toHaveLength(6);
    expect(log.lines.some((line) => line.includes('exit code 3'))).toBe(true);
  });

  it('refuses an engine of another protocol version without trying again', async () => {
    const { client, states } = start('oldProtocol');
    expect((await failure(client.listModels())).message).toContain('protocol 0');
    expect(states).toEqual(['starting', 'failed']);
  });

  it('ends an engine that never becomes ready', async () => {
    const { client } = start('mute', { initializeTimeoutMs: 200 });
    expect((await failure(client.listModels())).code).toBe('engine_exited');
  });

  it('reports an engine file that is not there', async () => {
    const { client } = start('', { modulePath: '/nowhere/engine.cjs' });
    expect((await failure(client.listModels())).code).toBe('engine_exited');
    expect(client.supervisor.state.kind).toBe('failed');
  });

  it('starts a fresh process on restart and fails requests after dispose', async () => {
    const { client } = start();
    await client.listModels();
    const before = client.supervisor.state;
    await client.supervisor.restart();
    const after = client.supervisor.state;
    if (before.kind !== 'running' || after.kind !== 'running') throw new Error(`${before.kind}, ${after.kind}`);
    expect(after.pid).not.toBe(before.pid);
    client.dispose();
    client.dispose();
    expect((await failure(client.listModels())).code).toBe('disposed');
  });
});
