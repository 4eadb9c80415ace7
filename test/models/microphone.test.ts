/** The capture process with a real sound server and virtual microphones, and what Whisper base hears from them. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { compose } from '../../src/engine/compose';
import type { Engine } from '../../src/engine/engine';
import { loadAddon } from '../../src/engine/native/loader';
import { CaptureProcess } from '../../src/engine/speech/capture/captureProcess';
import { MicrophoneSource } from '../../src/engine/speech/capture/microphoneSource';
import * as protocol from '../../src/protocol';
import type { ListenUpdate, ListenWarning, Microphone } from '../../src/protocol';
import { type SoundServer, startSoundServer } from './support/soundServer';

const clip = join(import.meta.dirname, '../fixtures/speech/settings-en.wav');
const said = /please open the settings file/i;

// A Mac has no virtual microphone to play into.
describe.skipIf(process.platform === 'darwin')('a microphone', () => {
  let server: SoundServer;
  let capture: CaptureProcess;
  beforeAll(async () => {
    server = await startSoundServer();
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
    await server.plugIn('Desk');
    await server.plugIn('Headset');
    await server.makeDefault('Desk');
  });
  afterAll(() => server.stop());
  beforeEach(() => void (capture = new CaptureProcess()));
  afterEach(() => capture.dispose());

  /** What comes from a source: how much of it is louder than silence, and what it tells. */
  function record(source: MicrophoneSource) {
    const heard = { frames: 0, loud: 0, warnings: [] as ListenWarning[], microphone: null as Microphone | null };
    let ended: (error: unknown) => void;
    const end = new Promise<unknown>((resolve) => (ended = resolve));
    const opening = source.open({
      onSamples(samples) {
        heard.frames++;
        if (samples.some((sample) => Math.abs(sample) > 0.01)) heard.loud++;
      },
      onWarning(warning, microphone) {
        heard.warnings.push(warning);
        heard.microphone = microphone ?? null;
      },
      onEnd: (error) => ended(error),
    });
    opening.then((microphone) => (heard.microphone ??= microphone)).catch(() => undefined);
    return { heard, opening, end };
  }

  it('is listed with the others, the default marked', async () => {
    expect(await capture.list()).toEqual([
      { id: 'Monitor of Desk', name: 'Monitor of Desk', isDefault: true },
      { id: 'Monitor of Headset', name: 'Monitor of Headset', isDefault: false },
    ]);
  });

  it('is found by the bundle that the extension forks', async () => {
    const child = fork(join(import.meta.dirname, '../../dist/engine.cjs'), [], { execArgv: [] });
    const client = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    client.listen();
    await client.sendRequest(protocol.Initialize, { protocolVersion: protocol.protocolVersion });
    expect(await client.sendRequest(protocol.ListMicrophones)).toEqual(await capture.list());
    client.dispose();
    child.kill();
  });

  it('is chosen by its id, and heard', async () => {
    const source = new MicrophoneSource(capture, 'Monitor of Headset');
    const { heard, opening } = record(source);
    expect(await opening).toMatchObject({ id: 'Monitor of Headset' });
    await server.play(clip, 'Headset');
    await vi.waitFor(() => expect(heard.loud).toBeGreaterThan(50), 5000);
    source.close();
    const { frames } = heard;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard.frames).toBe(frames);
    expect(heard.warnings).toEqual([]);
  });

  it('that is not there is replaced by the default, with a warning', async () => {
    const source = new MicrophoneSource(capture, 'Of Last Year');
    const { heard, opening } = record(source);
    expect(await opening).toMatchObject({ id: 'Monitor of Desk' });
    expect(heard.warnings).toEqual(['device_changed']);
    source.close();
  });

  it('that is pulled out is replaced by the default, and heard again when it is back', async () => {
    const source = new MicrophoneSource(capture, 'Monitor of Headset');
    const { heard, opening } = record(source);
    await opening;
    await server.pullOut('Headset');
    await vi.waitFor(() => expect(heard.microphone?.id).toBe('Monitor of Desk'), 8000);
    expect(heard.warnings).toEqual(['device_changed']);
    await server.plugIn('Headset');
    await vi.waitFor(() => expect(heard.microphone?.id).toBe('Monitor of Headset'), 8000);
    source.close();
  });

  it('goes on when its process crashes, once', async () => {
    const source = new MicrophoneSource(capture, undefined);
    const { heard, opening, end } = record(source);
    await opening;
    const first = capture.pid!;
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(capture.pid).not.toBe(first), 5000);
    const { frames } = heard;
    await vi.waitFor(() => expect(heard.frames).toBeGreaterThan(frames + 10), 5000);
    process.kill(capture.pid!, 'SIGSEGV');
    expect(await end).toMatchObject({ code: 'microphone_unavailable' });
    // The next sound has a process of its own again.
    const next = new MicrophoneSource(capture, undefined);
    expect(await record(next).opening).toMatchObject({ isDefault: true });
    next.close();
  });

  describe('heard by Whisper base', () => {
    let engine: Engine;
    beforeAll(() => void ({ engine } = compose({ addon: loadAddon })));
    afterAll(() => engine.dispose());

    it('gives what was said into it, with text on the way', async () => {
      const updates: ListenUpdate[] = [];
      const result = engine.listen(
        { model: 'whisper-base', language: 'en' },
        { onUpdate: (update) => updates.push(update) },
      );
      await vi.waitFor(() => expect(updates.at(-1)?.state).toBe('listening'), 10_000);
      await expect(engine.listen({ model: 'whisper-base' })).rejects.toMatchObject({ code: 'microphone_busy' });
      await server.play(clip, 'Desk');
      await vi.waitFor(() => expect(updates.at(-1)!.confirmed + updates.at(-1)!.tentative).toMatch(said), 20_000);
      engine.releaseListen();
      const { alternatives, microphone, finish } = await result;
      expect(alternatives[0]).toMatch(said);
      expect({ microphone, finish }).toEqual({
        microphone: { id: 'Monitor of Desk', name: 'Monitor of Desk', isDefault: true },
        finish: 'released',
      });
      expect(Math.max(...updates.map(({ level }) => level))).toBeGreaterThan(0.5);
    });

    it('that gives zeros only warns in a second, and says so in the end', async () => {
      const updates: ListenUpdate[] = [];
      const result = engine.listen({ model: 'whisper-base' }, { onUpdate: (update) => updates.push(update) });
      await vi.waitFor(() => expect(updates.at(-1)?.warning).toBe('no_sound'), 10_000);
      expect(updates.find(({ warning }) => warning === 'no_sound')!.seconds).toBeLessThan(1);
      engine.releaseListen();
      expect(await result).toMatchObject({ alternatives: [], nothing: { reason: 'no_sound' } });
    });
  });
});

it('a machine without a sound server has no microphone, and says so', async () => {
  vi.stubEnv('PULSE_SERVER', 'unix:/nowhere');
  vi.stubEnv('XDG_RUNTIME_DIR', '/nowhere');
  const capture = new CaptureProcess();
  const source = new MicrophoneSource(capture, undefined);
  const listener = { onSamples: () => undefined, onWarning: () => undefined, onEnd: () => undefined };
  const opened = source.open(listener);
  await expect(opened).rejects.toMatchObject({
    code: expect.stringMatching(/^microphone_(unavailable|denied)$/) as string,
  });
  capture.dispose();
  vi.unstubAllEnvs();
});
