/** The engine's server and a client over two streams in one process: the messages are real, the model is not. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { serve } from '../../src/engine/server';
import * as protocol from '../../src/protocol';
import { type FakeEngine, fakeEngine } from '../unit/engine/fakes/fakeEngine';

const prefix = 'def f():\n    return';
const complete = { model: 'tiny-gemma3', prefix, prefixOffset: 0, suffix: '' };

describe('the engine’s protocol', () => {
  let fake: FakeEngine;
  let client: MessageConnection;
  let server: MessageConnection;
  const exit = vi.fn();
  let beforeToken: (index: number) => Promise<void>;

  beforeEach(async () => {
    beforeToken = async () => undefined;
    fake = await fakeEngine({ answer: () => ' 42 + 1\n', beforeToken: (index) => beforeToken(index) });
    const [up, down] = [new PassThrough(), new PassThrough()];
    client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    server = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
    serve(server, { createEngine: () => fake.engine, exit });
    server.listen();
    client.listen();
  });
  afterEach(async () => {
    client.dispose();
    server.dispose();
    await fake.dispose();
  });
  const initialize = () => client.sendRequest(protocol.Initialize, { protocolVersion: protocol.protocolVersion });

  it('introduces itself, and refuses another version', async () => {
    expect(await initialize()).toMatchObject({ protocolVersion: 1, pid: process.pid });
    await expect(client.sendRequest(protocol.Initialize, { protocolVersion: 99 })).rejects.toMatchObject({
      data: { code: 'invalid_argument' },
    });
  });

  it('does nothing before it is initialized', async () => {
    await expect(client.sendRequest(protocol.ListModels)).rejects.toMatchObject({ data: { code: 'invalid_argument' } });
  });

  it('says what an utterance means, and what can be said', async () => {
    await initialize();
    const document = { languageId: 'python', text: 'def load_all():\n    pass\n' };
    const said = { alternatives: ['go to function load all'], document };
    const { outcome } = await client.sendRequest(protocol.InterpretSpeech, said);
    expect(outcome).toMatchObject({ kind: 'run', command: { target: { name: 'load_all', offset: 4 } } });
    const phrases = [{ say: 'make it so', command: 'workbench.action.files.saveAll' }];
    expect(await client.sendRequest(protocol.CheatSheet, { phrases })).toMatch(/^### Your phrases\n.*make it so/s);
    for (const bad of [{ alternatives: [] }, { alternatives: ['x'], focus: 'kitchen' }, { ...said, phrases: [{}] }]) {
      const request = client.sendRequest(protocol.InterpretSpeech, bad as protocol.InterpretSpeechParams);
      await expect(request).rejects.toMatchObject({ data: { code: 'invalid_argument' } });
    }
  });

  it('listens to a sound, tells of it meanwhile, and ends it on release', async () => {
    await initialize();
    const updates: protocol.ListenUpdate[] = [];
    client.onProgress(protocol.ListenProgress, 'listen-1', (update) => updates.push(update));
    const heard = {
      finish: 'released',
      alternatives: ['so'],
      microphone: null,
      timings: { openMs: 1, releaseToTextMs: 2 },
    };
    let released!: () => void;
    fake.engine.listen = async (params, { onUpdate } = {}) => {
      expect(params).toMatchObject({ model: 'w', beam: 2 });
      onUpdate?.({ state: 'listening', level: 0.5, seconds: 1, confirmed: 'so', tentative: '' });
      await new Promise<void>((resolve) => (released = resolve));
      return heard as protocol.ListenResult;
    };
    fake.engine.releaseListen = () => released();
    const result = client.sendRequest(protocol.Listen, { model: 'w', beam: 2, progressToken: 'listen-1' });
    await vi.waitFor(() => expect(updates).toMatchObject([{ state: 'listening', confirmed: 'so' }]));
    await client.sendRequest(protocol.ReleaseListen);
    expect(await result).toEqual(heard);
  });

  it('listens with speech models only, and releases nothing without complaint', async () => {
    await initialize();
    await client.sendRequest(protocol.ReleaseListen);
    for (const [model, code] of [
      ['tiny-gemma3', 'model_role_mismatch'],
      ['nobody', 'model_not_found'],
      ['', 'invalid_argument'],
    ]) {
      const request = client.sendRequest(protocol.Listen, { model: model!, file: 'x.wav' });
      await expect(request).rejects.toMatchObject({ data: { code } });
    }
    for (const never of [{ releaseAfterSilenceMs: -1 }, { beam: 0 }, { beam: 17 }]) {
      await expect(client.sendRequest(protocol.Listen, { model: 'tiny-gemma3', ...never })).rejects.toMatchObject({
        data: { code: 'invalid_argument' },
      });
    }
  });

  it('lists, loads and unloads models, and counts tokens', async () => {
    await initialize();
    const models = await client.sendRequest(protocol.ListModels);
    expect(models.map(({ id }) => id)).toEqual(['tiny-gemma3', 'tiny-llama']);
    expect(await client.sendRequest(protocol.LoadModel, { model: 'tiny-llama' })).toMatchObject({
      model: { role: 'chat' },
    });
    expect(await client.sendRequest(protocol.CountTokens, { model: 'tiny-llama', text: 'Hello' })).toBeGreaterThan(0);
    await client.sendRequest(protocol.UnloadModel, { model: 'tiny-llama' });
    expect(fake.addon.programs[0]!.disposed).toBe(true);
  });

  it('completes', async () => {
    await initialize();
    const result = await client.sendRequest(protocol.Complete, complete);
    expect(result).toMatchObject({ text: ' 42 + 1', finish: 'stop', timings: { draftedTokens: 0 } });
  });

  it('streams a chat as progress under the caller’s token', async () => {
    await initialize();
    const deltas: string[] = [];
    client.onProgress(protocol.TextDelta, 'answer-1', (delta) => deltas.push(delta));
    const messages = [{ role: 'user', content: 'Hello' }] as const;
    const { text } = await client.sendRequest(protocol.Chat, {
      model: 'tiny-llama',
      messages,
      progressToken: 'answer-1',
    });
    expect(text).toBe(' 42 + 1\n');
    expect(deltas.join('')).toBe(text);
  });

  it('resolves a cancelled request with what there was', async () => {
    await initialize();
    const source = new CancellationTokenSource();
    beforeToken = async (index) => {
      if (index === 2) source.cancel();
      // The cancellation travels through the streams.
      if (index >= 2) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const result = await client.sendRequest(protocol.Complete, complete, source.token);
    expect(result.finish).toBe('cancelled');
    expect(result.timings.generatedTokens).toBeLessThan(6);
  });

  it.each([
    ['a number for text', { ...complete, prefix: 7 }],
    ['a negative offset', { ...complete, prefixOffset: -1 }],
    ['no model', { ...complete, model: '' }],
    ['a temperature below zero', { ...complete, sampling: { temperature: -1 } }],
    ['nothing', null],
  ])('refuses %s', async (_, params) => {
    await initialize();
    await expect(client.sendRequest('complete', params)).rejects.toMatchObject({ data: { code: 'invalid_argument' } });
  });

  it('refuses a chat without a message', async () => {
    await initialize();
    await expect(client.sendRequest(protocol.Chat, { model: 'tiny-llama', messages: [] })).rejects.toMatchObject({
      data: { code: 'invalid_argument' },
    });
  });

  it('sends errors with their code and remedy, and goes on', async () => {
    await initialize();
    const error = await client
      .sendRequest(protocol.Complete, { ...complete, model: 'nobody' })
      .catch((e: unknown) => e);
    expect(protocol.isErrorData((error as { data: unknown }).data)).toBe(true);
    fake.addon.failures.push(new TypeError('a defect'));
    await expect(client.sendRequest(protocol.Complete, complete)).rejects.toMatchObject({ data: { code: 'internal' } });
    expect(await client.sendRequest(protocol.Complete, complete)).toMatchObject({ finish: 'stop' });
  });

  it('reports on the machine', async () => {
    await initialize();
    const report = await client.sendRequest(protocol.Doctor);
    expect(report).toMatchObject({ backends: ['MLXBackend'], mlxDevice: 'cpu (fake)', problems: [] });
    expect(report.models).toHaveLength(2);
  });

  it('lets everything go at shutdown', async () => {
    await initialize();
    await client.sendRequest(protocol.LoadModel, { model: 'tiny-gemma3' });
    await client.sendRequest(protocol.Shutdown);
    await vi.waitFor(() => expect(exit).toHaveBeenCalled());
    expect(fake.addon.programs[0]!.disposed).toBe(true);
  });
});
