/** `pteron models add` and `remove`, on programs that others exported, from the command line to the first token. */
import { mkdtempSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/engine/cli/runCli';
import { compose } from '../../src/engine/compose';
import type { Manifest } from '../../src/engine/models/manifest';
import { addon, foreignPath, modelPath, outsideDelegate } from './support/fixtures';

let root: string;
const home = () => join(root, 'home');
const download = () => join(root, 'Tiny Qwen3 (fp32)');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pteron-add-'));
});
afterEach(() => rm(root, { recursive: true }));

async function pteron(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry } = compose({ addon: () => addon, home: home() });
  const context = { engine, registry, addon: () => addon, stdin: Readable.from(['']), stdout, stderr };
  const status = await runCli(args, { ...context, signal: new AbortController().signal });
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await pteron(...args, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What somebody has after a download: a program and the files of a Hugging Face repository. */
async function lay(program: string, files: Record<string, unknown> = {}): Promise<string> {
  await mkdir(download(), { recursive: true });
  await copyFile(program, join(download(), 'model.pte'));
  await copyFile(join(modelPath('tiny-llama'), '../tokenizer.json'), join(download(), 'tokenizer.json'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(download(), name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return download();
}

const manifestOf = async (id: string) =>
  JSON.parse(await readFile(join(home(), 'models', id, 'model.json'), 'utf8')) as Manifest;
const template = "{% for message in messages %}{{ message['content'] }}{% endfor %}";

/** The official delegate of macOS refuses it (offGraph.test.ts). */
const offGraph = process.platform === 'darwin' ? [] : ([['off_graph', ['tokens', 'positions'], 16]] as const);

describe('pteron models add', () => {
  test.each([...offGraph, ['in_graph', ['tokens', 'positions'], 1], ['export_llama', ['tokens', 'start'], 1]] as const)(
    'installs a program (%s) with its tokenizer, which then completes',
    async (file, inputs, maxLogitRows) => {
      const folder = await lay(foreignPath('tiny-qwen3', file), {
        'config.json': { model_type: 'qwen3', bos_token_id: 0, eos_token_id: 2 },
      });
      expect(await json('models', 'add', folder)).toMatchObject({ id: 'tiny-qwen3-fp32', role: 'completion' });
      expect(await manifestOf('tiny-qwen3-fp32')).toMatchObject({
        family: 'qwen3',
        contextLength: 160,
        maxLogitRows,
        vocabularySize: 384,
        parameters: null,
        dtype: 'float32',
        quantization: 'none',
        methods: { forward: { inputs, outputs: ['logits'] } },
        tokens: { bos: 0, eos: [0, 2], addBos: false },
        fim: null,
      });
      const sample = join(root, 'a.py');
      await writeFile(sample, 'def fibonacci(n):\n    return\n');
      const args = ['complete', '--model', 'tiny-qwen3-fp32', '--prefix-file', sample];
      expect(await json(...args)).toMatchObject({ finish: expect.stringMatching(/stop|length/) });
    },
  );

  test('takes the chat template of tokenizer_config.json, and chats', async () => {
    const folder = await lay(foreignPath('tiny-qwen3', 'in_graph'), {
      'generation_config.json': { eos_token_id: [2, 0] },
      'tokenizer_config.json': {
        chat_template: [
          { name: 'tools', template: 'x' },
          { name: 'default', template },
        ],
        bos_token: { content: '<|im_start|>' },
        add_bos_token: true,
      },
    });
    const added = await json('models', 'add', join(folder, 'model.pte'), '--id', 'mine');
    expect(added).toMatchObject({ id: 'mine', role: 'chat', notes: [expect.stringContaining('cannot go back')] });
    expect((await manifestOf('mine')).tokens).toEqual({ bos: 1, eos: [0, 2], addBos: true });
    expect(await json('chat', '--model', 'mine', '--max-tokens', '4', 'Hello')).toMatchObject({ finish: 'length' });
  });

  test('says how much of its context a program can use', async () => {
    const folder = await lay(foreignPath('tiny-gemma3', 'in_graph'));
    const { stdout } = await pteron('models', 'add', folder, '--id', 'gemma');
    expect(stdout).toMatch(/^Installed gemma: completion, .* context 39\.\n/);
    expect(stdout).toMatch(/Of its context of 160 tokens only 39 can be used/);
  });

  test('installs a model folder as it is, under another id if asked', async () => {
    const folder = join(modelPath('tiny-llama'), '..');
    expect(await json('models', 'add', folder)).toMatchObject({ id: 'tiny-llama', notes: [] });
    expect(await json('models', 'add', join(folder, 'model.json'), '--id', 'again')).toMatchObject({ id: 'again' });
    expect((await readdir(join(home(), 'models'))).sort()).toEqual(['again', 'tiny-llama']);
    const { status, stderr } = await pteron('models', 'add', folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^invalid_argument: .*installed already.*--id.*pteron models remove tiny-llama/);
  });

  const remove = (name: string) => async (folder: string) => rm(join(folder, name));
  test.each<[string, string, string, (folder: string) => Promise<unknown>, string[]?]>([
    ['nothing there', 'model_not_found', 'There is nothing at', (folder) => rm(folder, { recursive: true })],
    ['no program', 'program_missing', 'There is no .pte in', remove('model.pte')],
    ['no tokenizer', 'tokenizer_invalid', 'There is no tokenizer.json', remove('tokenizer.json')],
    [
      'a tokenizer of another kind',
      'tokenizer_invalid',
      'tokenizer.model is of another kind',
      async (folder) => {
        await rm(join(folder, 'tokenizer.json'));
        await writeFile(join(folder, 'tokenizer.model'), 'x');
      },
    ],
    [
      'a tokenizer with another vocabulary',
      'tokenizer_invalid',
      'it has 3 tokens, but the program has 384',
      (folder) =>
        writeFile(
          join(folder, 'tokenizer.json'),
          JSON.stringify({
            normalizer: null,
            pre_tokenizer: { type: 'ByteLevel' },
            post_processor: null,
            decoder: { type: 'ByteLevel' },
            model: { type: 'BPE', vocab: { a: 0, b: 1, '</s>': 2 }, merges: [] },
            added_tokens: [{ id: 2, content: '</s>', special: true }],
          }),
        ),
    ],
    [
      'no token that ends a text',
      'tokenizer_invalid',
      'nothing says which token ends a text',
      async (folder) => {
        const path = join(folder, 'tokenizer.json');
        const tokenizer = JSON.parse(await readFile(path, 'utf8')) as { added_tokens: unknown[] };
        await writeFile(path, JSON.stringify({ ...tokenizer, added_tokens: [] }));
      },
    ],
    ['a config that is no JSON', 'model_invalid', 'it is not JSON', (f) => writeFile(join(f, 'config.json'), '{')],
    [
      'a config that is no object',
      'model_invalid',
      'it holds no object',
      (f) => writeFile(join(f, 'config.json'), '[]'),
    ],
    ['a chat without a template', 'model_invalid', 'chat_template', async () => undefined, ['--role', 'chat']],
    [
      'a template that does not render',
      'template_invalid',
      'does not render',
      (folder) => writeFile(join(folder, 'chat_template.jinja'), '{% for %}'),
    ],
    ['an id that is none', 'invalid_argument', "cannot be a model's id", async () => undefined, ['--id', '../x']],
    ['a damaged program', 'program_invalid', 'model.pte', (folder) => truncate(join(folder, 'model.pte'), 5000)],
    [
      'several programs',
      'invalid_argument',
      'There are several programs',
      (folder) => copyFile(foreignPath('tiny-qwen3', 'in_graph'), join(folder, 'other.pte')),
    ],
    [
      'a program that is no language model',
      'program_unsupported',
      'no language model',
      (folder) => copyFile(foreignPath('tiny-whisper', 'encoder'), join(folder, 'model.pte')),
    ],
    [
      'Whisper',
      'program_unsupported',
      'holds a speech model',
      async (folder) => {
        await rm(join(folder, 'model.pte'));
        for (const part of ['encoder', 'cross_kv', 'decoder']) {
          await copyFile(foreignPath('tiny-whisper', part), join(folder, `${part}.pte`));
        }
      },
    ],
    [
      'the Hub’s Whisper',
      'program_unsupported',
      'holds a speech model',
      (folder) => copyFile(foreignPath('tiny-whisper', 'hub'), join(folder, 'model.pte')),
    ],
  ])('refuses %s', async (_, code, message, change, options = []) => {
    const folder = await lay(foreignPath('tiny-qwen3', 'in_graph'));
    await change(folder);
    const { status, stdout, stderr } = await pteron('models', 'add', folder, ...options);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: .+\\. .+\\.\\n$`));
    expect(stderr).toContain(message);
    expect(await readdir(join(home(), 'models')).catch(() => [])).toEqual([]);
  });

  test('checks a program without a delegate in the same way', async () => {
    const folder = await lay(outsideDelegate);
    const { stderr } = await pteron('models', 'add', folder);
    expect(stderr).toMatch(/^tokenizer_invalid: .*it has 384 tokens, but the program has 50/);
  });
});

describe('pteron models remove', () => {
  const install = () => pteron('models', 'add', join(modelPath('tiny-llama'), '..'));

  test('deletes a model, a broken one as well', async () => {
    await install();
    expect((await pteron('models', 'remove', 'tiny-llama')).stdout).toBe('Removed tiny-llama.\n');
    await install();
    await writeFile(join(home(), 'models/tiny-llama/model.json'), '{');
    expect(await json('models', 'remove', 'tiny-llama')).toEqual({ id: 'tiny-llama' });
    expect(await readdir(join(home(), 'models'))).toEqual([]);
  });

  test('of a link removes the link', async () => {
    const target = join(modelPath('tiny-llama'), '..');
    await mkdir(join(home(), 'models'), { recursive: true });
    await symlink(target, join(home(), 'models/tiny-llama'));
    await pteron('models', 'remove', 'tiny-llama');
    expect(await readdir(join(home(), 'models'))).toEqual([]);
    expect((await stat(join(target, 'model.pte'))).isFile()).toBe(true);
  });

  test.each(['tiny-lama', '..', '../models/tiny-llama', ''])('knows no model "%s"', async (id) => {
    await install();
    const { status, stderr } = await pteron('models', 'remove', id);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^model_not_found: .*Did you mean tiny-llama\?/);
    expect(await readdir(join(home(), 'models'))).toEqual(['tiny-llama']);
  });
});

describe('pteron models inspect', () => {
  test.each([
    ['tiny-qwen3', 'export_llama', 'a language model (start): 15 tokens a call, context 160, goes back anywhere'],
    [
      'tiny-gemma3',
      'in_graph',
      'a language model (positions): 16 tokens a call, context 39, goes back only to its begin',
    ],
    [
      'tiny-gemma3',
      'in_graph_transformers4',
      'a language model (positions): 16 tokens a call, context 160, goes back one chunk',
    ],
    ['tiny-whisper', 'decoder', 'a decoder that is given 4 tensors (positions): 1 tokens a call, context 64'],
  ])('says how a program is called: %s, %s', async (id, file, line) => {
    expect((await pteron('models', 'inspect', foreignPath(id, file))).stdout).toContain(line);
  });

  test('and what is no language model', async () => {
    expect(await json('models', 'inspect', foreignPath('tiny-whisper', 'encoder'))).toMatchObject({
      languageModels: {},
    });
  });
});
