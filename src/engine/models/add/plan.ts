import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { PteronError } from '../../../protocol';
import type { Addon, Program } from '../../native/addonTypes';
import { speechPartsOf } from '../../speech/encoderDecoder';
import { invalidId, manifestInvalid } from '../errors';
import { modelId } from '../manifest';
import { type InstalledModel, readModelFolder } from '../store';
import { foreignManifest } from './foreignManifest';
import { filesBeside, type ForeignFiles, kindOf, programsAt } from './sources';

export interface AddOptions {
  readonly id?: string | undefined;
  readonly role?: 'completion' | 'chat' | undefined;
  /** Where tokenizer.json lies, if not beside the program. */
  readonly tokenizer?: string | undefined;
}

/** What becomes a model folder. */
export interface Plan {
  /** The model as its files lie now, whatever they are called. */
  readonly source: InstalledModel;
  /** Of chat_template.jinja; null where there is none. */
  readonly template: string | null;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** @throws what addModel throws before it writes anything */
export async function planFor(addon: Addon, path: string, options: AddOptions): Promise<Plan> {
  const kind = await kindOf(path);
  const plan = await (kind === 'model folder' ? planOfModel(path, options) : planOfForeign(addon, path, options));
  const { id } = plan.source.manifest;
  if (!v.is(modelId, id)) throw invalidId(id);
  return plan;
}

async function planOfModel(path: string, { id }: AddOptions): Promise<Plan> {
  const folder = basename(path) === 'model.json' ? dirname(path) : path;
  const model = await readModelFolder(folder);
  const template = await readFile(model.templatePath, 'utf8').catch(() => null);
  return { source: { ...model, manifest: { ...model.manifest, id: id ?? model.manifest.id } }, template, notes: [] };
}

async function planOfForeign(addon: Addon, path: string, options: AddOptions): Promise<Plan> {
  const paths = await programsAt(path);
  const programs: Program[] = [];
  try {
    for (const each of paths) programs.push(await addon.Program.load(each));
    if (speechPartsOf(programs)) throw speechUnsupported(path);
    if (programs.length > 1) throw severalPrograms(path, paths);
    return await planOfProgram(programs[0]!, path, paths[0]!, options);
  } finally {
    for (const program of programs) program.dispose();
  }
}

async function planOfProgram(program: Program, path: string, programPath: string, options: AddOptions): Promise<Plan> {
  program.languageModel(); // what is wrong with the program comes before what is wrong with its tokenizer
  const files = await filesBeside(path, programPath, options.tokenizer);
  const template = await templateOf(files);
  const role = options.role ?? (template === null ? 'completion' : 'chat');
  if (role === 'chat' && template === null) {
    throw manifestInvalid(path, 'a chat model needs a chat_template.jinja, or one in tokenizer_config.json');
  }
  const { manifest, notes } = await foreignManifest(files, program, { id: options.id ?? idFrom(files.name), role });
  const source: InstalledModel = {
    folder: dirname(files.program),
    manifest,
    programPath: files.program,
    dataPaths: files.data,
    tokenizerPath: files.tokenizer,
    templatePath: files.template ?? join(dirname(files.program), 'tokenizer_config.json'),
    bytes: 0,
  };
  return { source, template, notes };
}

async function templateOf({ template, tokenizerConfig }: ForeignFiles): Promise<string | null> {
  if (template !== null) return readFile(template, 'utf8');
  const { chat_template: inline } = tokenizerConfig;
  if (typeof inline === 'string') return inline;
  const named = Array.isArray(inline) ? (inline as { name?: unknown; template?: unknown }[]) : [];
  const chosen = named.find((each) => each?.name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : null;
}

/** 'Qwen3 0.6B (int8)' → 'qwen3-0.6b-int8'. */
const idFrom = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 64);

function severalPrograms(path: string, programs: readonly string[]): PteronError {
  const names = programs.map((program) => basename(program)).join(', ');
  return new PteronError('invalid_argument', `There are several programs in ${path}: ${names}.`, 'Name one of them.');
}

function speechUnsupported(path: string): PteronError {
  return new PteronError(
    'program_unsupported',
    `${path} holds a speech model (an encoder and a decoder, as Whisper), which nothing here uses yet.`,
    'Add a language model; `pteron models inspect` and `pteron run` take any program.',
  );
}
