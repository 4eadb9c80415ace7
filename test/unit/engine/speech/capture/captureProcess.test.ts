/** The engine's end, with stand-ins for the process that record nothing and fail in every way. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { CaptureProcess } from '../../../../../src/engine/speech/capture/captureProcess';
import { microphoneDenied } from '../../../../../src/engine/speech/capture/errors';
import { MicrophoneSource } from '../../../../../src/engine/speech/capture/microphoneSource';

const folder = mkdtempSync(join(tmpdir(), 'pteron-capture-'));
afterAll(() => rm(folder, { recursive: true }));
let capture: CaptureProcess;
afterEach(() => capture.dispose());

let count = 0;
function start(onMessage: string): CaptureProcess {
  const path = join(folder, `${++count}.cjs`);
  writeFileSync(path, `process.on('disconnect', () => process.exit());process.on('message', (m) => {${onMessage}});`);
  return (capture = new CaptureProcess(path));
}
const opened = `process.send({ type: 'opened', session: m.session, microphone: { id: 'a', name: 'A', isDefault: true }, asWished: true });`;
const samples = `process.send({ type: 'samples', session: m.session, samples: Int16Array.of(16384, -32768) });`;

function listenTo(source: MicrophoneSource) {
  const heard = { samples: [] as number[], error: undefined as unknown };
  const opening = source.open({
    onSamples: (frame) => void heard.samples.push(...frame),
    onWarning: () => undefined,
    onEnd: (error) => void (heard.error = error),
  });
  opening.catch(() => undefined);
  return { heard, opening };
}

describe('the list of microphones', () => {
  it('is what the process says', async () => {
    const list = [{ id: 'a', name: 'A', isDefault: true }];
    const process = start(
      `process.send({ type: 'devices', request: m.request, microphones: ${JSON.stringify(list)} })`,
    );
    expect(await process.list()).toEqual(list);
  });

  it('fails as the process does, and with it', async () => {
    const denied = `process.send({ type: 'failed', request: m.request, failure: { code: 'microphone_denied', why: 'so' } })`;
    await expect(start(denied).list()).rejects.toMatchObject({ code: 'microphone_denied' });
    capture.dispose();
    await expect(start('process.exit(3)').list()).rejects.toMatchObject({ code: 'microphone_unavailable' });
    await expect(new CaptureProcess(join(folder, 'none.cjs')).list()).rejects.toMatchObject({
      code: 'microphone_unavailable',
    });
  });
});

describe('a microphone’s sound', () => {
  it('arrives as fractions, of the session only', async () => {
    const stale = `process.send({ type: 'samples', session: m.session - 1, samples: Int16Array.of(1) });`;
    const { heard, opening } = listenTo(new MicrophoneSource(start(opened + stale + samples), 'a'));
    expect(await opening).toEqual({ id: 'a', name: 'A', isDefault: true });
    await vi.waitFor(() => expect(heard.samples).toEqual([0.5, -1]));
  });

  it('goes on after one crash, and fails at the second', async () => {
    const source = new MicrophoneSource(start(opened + samples), undefined);
    const { heard, opening } = listenTo(source);
    await opening;
    await vi.waitFor(() => expect(heard.samples).toHaveLength(2));
    capture.kill();
    await vi.waitFor(() => expect(heard.samples).toHaveLength(4));
    capture.kill();
    await vi.waitFor(() => expect(heard.error).toMatchObject({ code: 'microphone_unavailable' }));
  });

  it('fails to open where the process says so, or crashes at every start', async () => {
    const none = `process.send({ type: 'failed', session: m.session, failure: { code: 'microphone_unavailable', why: 'none' } })`;
    await expect(listenTo(new MicrophoneSource(start(none), undefined)).opening).rejects.toThrow('none');
    capture.dispose();
    const crashing = listenTo(new MicrophoneSource(start('process.abort()'), undefined));
    await expect(crashing.opening).rejects.toMatchObject({ code: 'microphone_unavailable' });
  });

  it('is not heard after it was closed', async () => {
    const source = new MicrophoneSource(
      start(`if (m.type === 'open') { ${opened} setInterval(() => { ${samples} }, 5); }`),
      undefined,
    );
    const { heard, opening } = listenTo(source);
    await opening;
    await vi.waitFor(() => expect(heard.samples.length).toBeGreaterThan(2));
    source.close();
    const before = heard.samples.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.samples).toHaveLength(before);
  });
});

it('says where permission is given', () => {
  expect(microphoneDenied('darwin').remedy).toContain('System Settings → Privacy & Security → Microphone');
  expect(microphoneDenied('linux').remedy).toContain('group audio');
});
