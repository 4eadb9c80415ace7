/** Voxtral from a model folder to text: the command line, and a sound that is heard while it is spoken. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/engine/cli/runCli';
import { compose } from '../../src/engine/compose';
import type { ListenUpdate, Transcription } from '../../src/protocol';
import { addon } from './support/fixtures';

const fixtures = join(import.meta.dirname, '../fixtures');
const fox = join(fixtures, 'speech/fox-en.wav');
const home = mkdtempSync(join(tmpdir(), 'pteron-voxtral-'));
afterAll(() => rm(home, { recursive: true }));

async function pteron(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry } = compose({ addon: () => addon, home });
  const context = { engine, registry, addon: () => addon, stdin: Readable.from(['']), stdout, stderr };
  const status = await runCli(args, { ...context, signal: new AbortController().signal });
  await engine.dispose();
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}

async function transcribe(model: string, ...flags: string[]): Promise<Transcription> {
  const { status, stdout, stderr } = await pteron('transcribe', '--model', model, fox, '--json', ...flags);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Transcription;
}

beforeAll(async () => {
  for (const id of ['tiny-voxtral', 'tiny-voxtral-realtime']) {
    const { status, stderr } = await pteron('models', 'add', join(fixtures, 'voxtral', id));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
});

describe('pteron transcribe', () => {
  test.each(['tiny-voxtral', 'tiny-voxtral-realtime'])('writes with %s', async (model) => {
    const { seconds, segments, finish } = await transcribe(model);
    expect(seconds).toBeCloseTo(5.68, 2);
    expect(segments.length).toBeGreaterThan(0);
    expect(finish).toBe('stop');
  });

  test('asks what is asked, and waits as long as is said', async () => {
    const plain = await transcribe('tiny-voxtral');
    const asked = await transcribe('tiny-voxtral', '--ask', 'Who speaks?');
    expect(asked.segments[0]?.tokens).not.toEqual(plain.segments[0]!.tokens);
    const [soon, late] = [
      await transcribe('tiny-voxtral-realtime', '--delay', '160'),
      await transcribe('tiny-voxtral-realtime'),
    ];
    expect(soon.segments.flatMap(({ tokens }) => tokens)).not.toEqual(late.segments.flatMap(({ tokens }) => tokens));
  });

  test.each([
    [['--model', 'tiny-voxtral-realtime', '--ask', 'Who speaks?'], 'invalid_argument', 1],
    [['--model', 'tiny-voxtral-realtime', '--delay', '100'], 'invalid_argument', 1],
    [['--model', 'tiny-voxtral', '--language', 'Klingon'], 'invalid_argument', 1],
    [['--model', 'tiny-voxtral', '--translate'], 'invalid_argument', 1],
    [['--model', 'tiny-voxtral-realtime', '--alternatives', '2'], 'invalid_argument: Voxtral Realtime takes no', 1],
    [['--model', 'tiny-voxtral', '--temperature', '0.5'], 'invalid_argument: Voxtral Mini takes no --temperature', 1],
    [['--model', 'tiny-voxtral', '--delay', '480'], 'invalid_argument: Voxtral Mini takes no --delay', 1],
    [['--model', 'tiny-voxtral', '--ask', 'Who?', '--language', 'de'], 'invalid_argument', 1],
    [['--model', 'tiny-voxtral-realtime', '--delay', 'soon'], '--delay', 2],
  ])('refuses %j', async (flags, code, exit) => {
    const { status, stderr } = await pteron('transcribe', fox, ...flags);
    expect(status).toBe(exit);
    expect(stderr).toContain(code);
  });
});

describe('listening with Voxtral Realtime', () => {
  test('shows text while the sound goes on, and ends with what it shows', async () => {
    const { engine } = compose({ addon: () => addon, home });
    const updates: ListenUpdate[] = [];
    const { finish, transcription } = await engine.listen(
      { model: 'tiny-voxtral-realtime', file: fox },
      { onUpdate: (update) => updates.push(update) },
    );
    await engine.dispose();
    expect(finish).toBe('released');
    expect(transcription!.text.length).toBeGreaterThan(0);
    const spoken = updates.filter(({ state, confirmed }) => state === 'speech' && confirmed !== '');
    expect(spoken.length).toBeGreaterThan(1);
    for (const { confirmed, tentative } of spoken) {
      expect(transcription!.text.startsWith(confirmed.trim())).toBe(true);
      expect(tentative).toBe('');
    }
  });
});
