import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PteronError } from '../../../protocol';
import type { Addon } from '../../native/addonTypes';
import { speechRate } from '../../speech/audio/decodeAudio';
import { SileroDetector } from '../../speech/vad/sileroDetector';
import { compileChatTemplate } from '../../text/chatTemplate';
import { alreadyInstalled } from '../errors';
import { LoadedModel } from '../loadedModel';
import { type InstalledModel, type ModelStore, readModelFolder } from '../store';
import { type AddOptions, type Plan, planFor } from './plan';

export type { AddOptions } from './plan';

export interface Added {
  readonly model: InstalledModel;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Installs a copy of `path`: a model folder, a `.pte` that others exported, or a folder with one and its tokenizer. Before
 * anything is copied it is loaded and draws a token, or hears a tone: what would fail at first use fails here.
 * @throws model_not_found, program_*, tokenizer_invalid, template_invalid, model_invalid, invalid_argument, disk_full,
 *   unsupported_cache, out_of_memory, inference_failed
 */
export async function addModel(
  store: ModelStore,
  addon: Addon,
  path: string,
  options: AddOptions = {},
): Promise<Added> {
  const plan = await planFor(addon, path, options);
  const { id } = plan.source.manifest;
  const folder = join(store.modelsFolder, id);
  if (await stat(folder).catch(() => null)) throw alreadyInstalled(id);
  await tryOut(addon, plan);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await write(plan, partial);
    await rename(partial, folder);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(store, cause) : cause;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return { model: await readModelFolder(folder, id), notes: plan.notes };
}

async function write({ source, template }: Plan, folder: string): Promise<void> {
  const { manifest } = source;
  const copy = (from: string, name: string) => copyFile(from, join(folder, name), constants.COPYFILE_FICLONE);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copy(source.programPath, manifest.program);
  for (const [i, path] of source.dataPaths.entries()) await copy(path, manifest.data[i]!);
  if (manifest.role !== 'vad') await copy(source.tokenizerPath, 'tokenizer.json');
  if (template !== null) await writeFile(join(folder, 'chat_template.jinja'), template);
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function tryOut(addon: Addon, { source, template }: Plan): Promise<void> {
  if (source.manifest.role === 'vad') return judgeTone(addon, source);
  const model = await LoadedModel.load(addon, source);
  try {
    const { role, tokens } = source.manifest;
    if (role === 'speech') return void (await model.recognizer().recognize(hum()));
    if (role === 'chat') {
      const compiled = await compileChatTemplate(template ?? '', source.templatePath, model.markers);
      compiled.render([{ role: 'user', content: 'Hello' }]);
    }
    const lane = model.lane('completion');
    await lane.feed([tokens.bos ?? tokens.eos[0] ?? 0]);
    await lane.decode({ maxTokens: 1 });
  } finally {
    model.dispose();
  }
}

async function judgeTone(addon: Addon, source: InstalledModel): Promise<void> {
  const detector = await SileroDetector.load(addon, source);
  try {
    await detector.push(hum());
  } finally {
    detector.dispose();
  }
}

/** A second of a faint tone: silence would not be given to the model. */
const hum = (): Float32Array => Float32Array.from({ length: speechRate }, (_, i) => 0.01 * Math.sin(i / 10));

function diskFull(store: ModelStore, cause: unknown): PteronError {
  const message = `There is no room for the model in ${store.modelsFolder}.`;
  return new PteronError('disk_full', message, 'Free some space, or move the store with PTERON_HOME.', { cause });
}
