import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../src/engine/cli/runCli';
import type { ListenOnOptions, ListenOnParams } from '../../../../src/engine/listening';
import type { ListenParams, ListenResult } from '../../../../src/protocol';
import { type FakeEngine, fakeEngine } from '../fakes/fakeEngine';
import { transcription } from '../speech/listening/fakes';

let fake: FakeEngine;
let asked: ListenOnParams | ListenParams | undefined;
beforeEach(async () => {
  fake = await fakeEngine();
  const { engine } = fake;
  engine.listMicrophones = async () => [
    { id: 'Desk', name: 'Desk', isDefault: true },
    { id: 'Headset', name: 'Headset', isDefault: false },
  ];
  engine.listenOn = async (params: ListenOnParams, { onOpen, onUpdate, onUtterance }: ListenOnOptions) => {
    asked = params;
    onOpen?.({ id: 'Desk', name: 'Desk', isDefault: true });
    const update = { state: 'speech', level: 0.5, seconds: 1, tentative: '' } as const;
    for (const confirmed of ['', 'Hello', 'Hello']) onUpdate?.({ ...update, confirmed, warning: 'no_sound' });
    onUtterance({ kind: 'text', start: 61.5, end: 63, transcription: transcription('Hello.') });
    onUtterance({ kind: 'nothing', start: 64, end: 65, reason: 'unsure', detail: 'The model does not trust it.' });
  };
  engine.listen = async (params) => {
    asked = params;
    return { ...heard };
  };
});
afterEach(() => fake.dispose());
let heard: ListenResult = {
  finish: 'silence',
  alternatives: ['Hello.'],
  transcription: transcription('Hello.'),
  microphone: null,
  timings: { openMs: 1, releaseToTextMs: 2 },
};

async function pteron(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry, addon } = fake;
  const context = { engine, registry, addon: () => addon, stdin: Readable.from(['']), stdout, stderr };
  const status = await runCli(args, { ...context, signal: new AbortController().signal });
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}

describe('pteron listen', () => {
  it('prints what was said line by line, and on stderr what else there is to know', async () => {
    const { status, stdout, stderr } = await pteron('listen', '--model', 'w', '--microphone', 'Desk', '--pause', '900');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1:01.50 – 1:03.00  Hello.\n' });
    expect(stderr).toMatch(
      /^Listening to Desk.*\nThe microphone gives silence only\..*\n1:04\.00 – 1:05\.00 {2}The model does not trust it\.\n$/,
    );
    expect(asked).toEqual({ model: 'w', microphone: 'Desk', pauseMs: 900 });
  });

  it('prints JSON Lines', async () => {
    const { stdout } = await pteron('listen', '--model', 'w', '--json');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { type: 'opened', source: 'Desk' },
      { type: 'warning', warning: 'no_sound', seconds: 1 },
      { type: 'partial', seconds: 1, confirmed: 'Hello', tentative: '' },
      { type: 'utterance', start: 61.5, end: 63, text: 'Hello.', language: 'en', confidence: 0.9 },
      { type: 'nothing', start: 64, end: 65, reason: 'unsure', detail: 'The model does not trust it.' },
    ]);
  });

  it('refuses a language where the model would ignore it', async () => {
    await fake.store.add('tiny-parakeet');
    const { status, stderr } = await pteron('listen', '--model', 'tiny-parakeet', '--language', 'de');
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('takes no --language') });
    expect((await pteron('listen', '--model', 'tiny-parakeet')).status).toBe(0);
  });

  it('wants a model', async () => {
    expect(await pteron('listen')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^invalid_argument: /) as string,
    });
  });
});

it.each([['microphones'], ['listen', '--list']])('pteron %s lists the microphones', async (...args) => {
  expect((await pteron(...args)).stdout).toBe('ID       DEFAULT\nDesk     yes\nHeadset\n');
  expect(JSON.parse((await pteron(...args, '--json')).stdout)).toHaveLength(2);
  fake.engine.listMicrophones = async () => [];
  expect((await pteron(...args)).stdout).toBe('There is no microphone.\n');
});

describe('pteron transcribe --mic', () => {
  it('prints what was said until a pause', async () => {
    const { status, stdout } = await pteron('transcribe', '--mic', '--model', 'w', '--language', 'en');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0:00.00 – 0:01.00   90 %  Hello.\n' });
    expect(asked).toEqual({ model: 'w', language: 'en', releaseAfterSilenceMs: 1500 });
    expect(JSON.parse((await pteron('transcribe', '--mic', '--model', 'w', '--json')).stdout)).toMatchObject({
      finish: 'silence',
    });
  });

  it('says why there is nothing', async () => {
    heard = { ...heard, alternatives: [], nothing: { reason: 'no_sound', detail: 'It is muted.' } };
    expect(await pteron('transcribe', '--mic', '--model', 'w')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: 'It is muted.\n',
    });
  });

  it.each([
    [['--mic', 'sound.wav'], 'A file and a microphone are named'],
    [['--mic', '--prompt', 'x'], '--prompt is for files'],
    [[], 'No sound is named'],
  ])('refuses %j', async (args, why) => {
    const { status, stderr } = await pteron('transcribe', '--model', 'w', ...args);
    expect(status).toBe(1);
    expect(stderr).toContain(`invalid_argument: ${why}`);
  });
});
