import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../../src/engine/cli/runCli';
import type { ModelSummary, Transcription } from '../../../../src/protocol';
import { type FakeEngine, fakeEngine } from '../fakes/fakeEngine';
import { makeWav } from '../speech/audio/makeWav';

let fake: FakeEngine;
const folder = mkdtempSync(join(tmpdir(), 'pteron-cli-'));
const document = join(folder, 'sample.py');
const [damaged, silence] = [join(folder, 'damaged.wav'), join(folder, 'silence.wav')];
let beforeToken: (index: number) => Promise<void>;

beforeAll(async () => {
  await writeFile(document, 'def f():\n    return\n\nprint(f())\n');
  await writeFile(damaged, 'RIFF');
  await writeFile(silence, makeWav(new Float32Array(1600), { rate: 16_000 }));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  beforeToken = async () => undefined;
  fake = await fakeEngine({ answer: () => ' 42\n', beforeToken: (index) => beforeToken(index) });
});
afterEach(() => fake.dispose());

async function pteron(args: readonly string[], { input = '', signal = new AbortController().signal } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry, addon } = fake;
  const stdin = Readable.from([input]);
  const status = await runCli(args, { engine, registry, addon: () => addon, stdin, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}
const at = (line: number, column: number) => ['--file', document, '--line', `${line}`, '--column', `${column}`];

describe('pteron complete', () => {
  it('prints the text, or one JSON object', async () => {
    const args = ['complete', '--model', 'tiny-gemma3', ...at(2, 11)];
    expect(await pteron(args)).toEqual({ status: 0, stdout: ' 42\n', stderr: '' });
    const json = JSON.parse((await pteron([...args, '--json'])).stdout) as object;
    expect(Object.keys(json)).toEqual(['text', 'finish', 'timings']);
    expect(json).toMatchObject({ text: ' 42', finish: 'stop' });
  });

  it('takes the text before and after the cursor from files', async () => {
    const { stdout } = await pteron(['complete', '--model', 'tiny-gemma3', '--prefix-file', document]);
    expect(stdout).toBe(' 42\n');
  });

  it.each([
    [at(9, 1), 'cursor_out_of_range'],
    [at(2, 40), 'cursor_out_of_range'],
    [['--prefix-file', '/nowhere/a.py'], 'file_not_found'],
    [['--prefix-file', tmpdir()], 'file_not_found'],
  ])('fails with a coded line on stderr for %j', async (args, code) => {
    const { status, stdout, stderr } = await pteron(['complete', '--model', 'tiny-gemma3', ...args, '--json']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: .+\\. .+\\.\\n$`));
  });

  it('suggests the nearest model', async () => {
    const { status, stderr } = await pteron(['complete', '--model', 'tiny-gema', ...at(1, 1)]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^model_not_found: .*tiny-gemma3/);
  });
});

describe('pteron command', () => {
  const say = (...args: string[]) => pteron(['command', '--file', document, '--workspace', folder, ...args]);

  it('says what an utterance would do, or answers one JSON object', async () => {
    expect(await say('go to line three')).toEqual({
      status: 0,
      stdout: 'run: Go to Line or Symbol: line 3 [pteron.voice.reveal], confidence 1.00\n',
      stderr: '',
    });
    const { outcome } = JSON.parse((await say('--json', 'git push')).stdout) as { outcome: object };
    expect(outcome).toMatchObject({ kind: 'confirm', why: 'dangerous', command: { command: 'git.push' } });
  });

  it('dictates by the language of the file', async () => {
    expect((await say('if x is not none colon')).stdout).toBe('if x is not None:\n');
  });

  it('names the files of the workspace, and takes the palette and phrases from files', async () => {
    expect((await say('--json', 'open sample')).stdout).toContain('"args":{"path":"sample.py"}');
    const [palette, phrases] = [join(folder, 'palette.json'), join(folder, 'phrases.json')];
    await writeFile(palette, JSON.stringify([{ id: 'cat.feed', title: 'Feed the Cat' }]));
    await writeFile(phrases, JSON.stringify([{ say: 'ship it', command: 'workbench.action.tasks.build' }]));
    expect((await say('--commands', palette, 'feed the cat')).stdout).toMatch(/^run: Feed the Cat \[cat\.feed\]/);
    expect((await say('--phrases', phrases, 'ship it')).stdout).toMatch(/^run: .*tasks\.build/);
  });

  it('recognises a sound file with the phrases of the grammar and the names of the open file in mind', async () => {
    let asked: { readonly names?: readonly string[]; readonly expected?: readonly unknown[] } | undefined;
    const speech = { role: 'speech', id: 'listener' } as ModelSummary;
    vi.spyOn(fake.engine, 'listModels').mockResolvedValue([speech]);
    vi.spyOn(fake.engine, 'transcribe').mockImplementation(async (params) => {
      asked = params;
      return { text: 'Go to line three.' } as Transcription;
    });
    expect((await say(silence)).stdout).toMatch(/^run: .*line 3/);
    expect(asked!.names).toEqual(['print']);
    expect(asked!.expected!.length).toBeGreaterThan(1000);
  });

  it('takes the reading of a sound that makes sense', async () => {
    const speech = { role: 'speech', id: 'listener' } as ModelSummary;
    vi.spyOn(fake.engine, 'listModels').mockResolvedValue([speech]);
    const heard = { text: 'Go to lime tree.', alternatives: ['Goat alarm.', 'Go to line three.'] } as unknown;
    const transcribe = vi.spyOn(fake.engine, 'transcribe').mockResolvedValue(heard as Transcription);
    expect((await say(silence)).stdout).toMatch(/^run: .*line 3/);
    expect(transcribe.mock.calls[0]![0].alternatives).toBeGreaterThan(0);
  });

  it('takes the alternative that makes sense, and text from standard input', async () => {
    expect((await say('go to lime tree', '--alternative', 'go to line three')).stdout).toMatch(/^run: .*line 3/);
    expect((await pteron(['command', '--file', document], { input: 'undo\n' })).stdout).toMatch(/^run: Undo/);
  });

  it.each([
    [['/nowhere.wav'], 'file_not_found'],
    [[damaged], 'audio_invalid'],
    [[silence], 'speech_unavailable'],
    [['undo', '--commands', '/nowhere.json'], 'file_not_found'],
    [['undo', '--phrases', document], 'invalid_argument'],
    [['undo', '--line', '99'], 'cursor_out_of_range'],
  ])('fails with a coded line for %j', async (args, code) => {
    const { status, stderr } = await say(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${code}: .+\\. .+\\.\\n$`));
  });
});

describe('pteron chat', () => {
  it('streams one turn; as JSON Lines with --json --stream', async () => {
    expect((await pteron(['chat', '--model', 'tiny-llama', 'Hello'])).stdout).toBe(' 42\n\n');
    const lines = (await pteron(['chat', '--model', 'tiny-llama', '--json', '--stream', 'Hello'])).stdout
      .trim()
      .split('\n');
    const objects = lines.map((line) => JSON.parse(line) as { delta?: string; text?: string });
    expect(
      objects
        .slice(0, -1)
        .map(({ delta }) => delta)
        .join(''),
    ).toBe(' 42\n');
    expect(objects.at(-1)).toMatchObject({ text: ' 42\n', finish: 'stop' });
  });

  it('shows thoughts beside the answer', async () => {
    await fake.dispose();
    fake = await fakeEngine({ answer: () => '<think>Hm.</think>Yes.' });
    await writeFile(
      join(fake.store.home, 'models/tiny-llama/chat_template.jinja'),
      '{{ messages[0].content }}{# <think> #}',
    );
    const args = ['chat', '--model', 'tiny-llama', '--thinking', 'Hello'];
    expect(await pteron(args)).toEqual({ status: 0, stdout: 'Yes.\n', stderr: 'Hm.\n\n' });
    expect(JSON.parse((await pteron([...args, '--json'])).stdout)).toMatchObject({ text: 'Yes.', thinking: 'Hm.' });
    const lines = (await pteron([...args, '--json', '--stream'])).stdout.trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toContain('thought');
  });

  it('reads the question from standard input', async () => {
    const result = await pteron(['chat', '--model', 'tiny-llama', '--json'], { input: 'What is it?' });
    expect(JSON.parse(result.stdout)).toMatchObject({ finish: 'stop' });
  });

  it('is interrupted with status 130, having printed what there was', async () => {
    const abort = new AbortController();
    beforeToken = async (index) => (index === 1 ? abort.abort() : undefined);
    const result = await pteron(['chat', '--model', 'tiny-llama', '--json', 'Hello'], { signal: abort.signal });
    expect(result.status).toBe(130);
    expect(JSON.parse(result.stdout)).toMatchObject({ finish: 'cancelled' });
  });

  it('is refused for a completion model', async () => {
    const { status, stderr } = await pteron(['chat', '--model', 'tiny-gemma3', 'Hello']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^model_role_mismatch: /);
  });
});

describe('pteron models and doctor', () => {
  it('list what is installed', async () => {
    const list = JSON.parse((await pteron(['models', 'list', '--json'])).stdout) as object[];
    expect(list).toMatchObject([
      { id: 'tiny-gemma3', role: 'completion', family: 'gemma3', quantization: 'none', installed: true },
      { id: 'tiny-llama', role: 'chat' },
    ]);
    expect((await pteron(['models', 'list'])).stdout).toMatch(/^ID +ROLE.*\ntiny-gemma3 +completion/);
  });

  it('name broken models beside the others', async () => {
    await rm(join(fake.store.home, 'models/tiny-llama/model.pte'));
    const { status, stdout, stderr } = await pteron(['models', 'list', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/^warning: tiny-llama: program_missing/);
    const report = JSON.parse((await pteron(['doctor', '--json'])).stdout) as { problems: object[] };
    expect(report.problems).toMatchObject([{ code: 'program_missing' }]);
  });

  it('inspect a model, and fail for what is none', async () => {
    const inspection = JSON.parse((await pteron(['models', 'inspect', 'tiny-gemma3', '--json'])).stdout) as object;
    expect(inspection).toMatchObject({ model: { id: 'tiny-gemma3' }, methods: [{ name: 'forward' }] });
    expect((await pteron(['models', 'inspect', 'tiny-gemma3'])).stdout).toContain('forward(');
    expect((await pteron(['models', 'inspect', './nothing.pte'])).stderr).toMatch(/^program_missing/);
    expect((await pteron(['models', 'inspect', 'nothing'])).stderr).toMatch(/^model_not_found/);
  });

  it('say that all is well', async () => {
    const { stdout } = await pteron(['doctor']);
    expect(stdout).toContain('MLXBackend');
    expect(stdout).toContain('Everything needed is there');
    expect(stdout).toMatch(/^MLX device +cpu \(fake\), .*, chosen by itself$/m);
    expect(stdout).toMatch(/^MLX library +libmlx 0\.32\.4$/m);
  });

  it('say so where the device that was asked for is not the one in use', async () => {
    vi.stubEnv('PTERON_DEVICE', 'gpu');
    const report = JSON.parse((await pteron(['doctor', '--json'])).stdout) as { problems: object[] };
    vi.unstubAllEnvs();
    expect(report).toMatchObject({
      mlx: { requested: 'gpu' },
      problems: [
        { code: 'invalid_argument', message: 'PTERON_DEVICE asks for gpu, but MLX programs run on cpu (fake).' },
      ],
    });
  });
});

describe('pteron bench', () => {
  it('refuses what exceeds the context', async () => {
    const { status, stderr } = await pteron(['bench', '--model', 'tiny-gemma3', '--prompt', '150', '--generate', '20']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^invalid_argument/);
  });
});

describe('pteron run', () => {
  it('names the input that cannot be read', async () => {
    const run = (call: string) => pteron(['run', 'model.pte', '--call', call, '--outputs', join(folder, 'out')]);
    expect((await run('/nowhere.npy')).stderr).toMatch(/^file_not_found: .*nowhere\.npy/);
    expect((await run(document)).stderr).toMatch(/^invalid_argument: .*sample\.py.* not a \.npy file/);
  });
});

describe('usage', () => {
  it.each([
    [['nonsense']],
    [['complete']],
    [['complete', '--model', 'tiny-gemma3']],
    [['complete', '--model', 'tiny-gemma3', '--file', 'a.py', '--line', 'two', '--column', '1']],
    [['complete', '--model', 'tiny-gemma3', '--prefix-file', 'a', '--temperature', 'warm']],
    [['chat', '--model', 'tiny-llama', '--max-tokens', '0', 'x']],
    [['run', 'model.pte']],
    [['models', 'inspect']],
  ])('%j exits with 2 and points to --help', async (args) => {
    const { status, stdout, stderr } = await pteron(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('error: ');
  });

  it('prints help and version with status 0', async () => {
    const version = (JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version;
    expect(await pteron(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    const help = await pteron(['--help']);
    expect(help.status).toBe(0);
    for (const name of ['doctor', 'models', 'complete', 'chat', 'run', 'bench']) expect(help.stdout).toContain(name);
  });
});
