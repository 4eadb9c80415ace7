import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PteronError } from '../../../protocol';
import type { Addon } from '../../native/addonTypes';
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
 * Installs a copy of `path`: a model folder, a `.pte` that others exported, or a folder with one and its tokenizer. Only once
 * it was loaded and has drawn a token does it stand in the store.
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
  const folder = join(store.modelsFolder, plan.manifest.id);
  if (await stat(folder).catch(() => null)) throw alreadyInstalled(plan.manifest.id);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await write(plan, partial);
    await tryOut(addon, await readModelFolder(partial));
    await rename(partial, folder);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(store, cause) : cause;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return { model: await readModelFolder(folder, plan.manifest.id), notes: plan.notes };
}

async function write({ manifest, copies, template }: Plan, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, source] of copies) await copyFile(source, join(folder, name), constants.COPYFILE_FICLONE);
  if (template !== null) await writeFile(join(folder, 'chat_template.jinja'), template);
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** One token from the beginning of a text, and the template once: what would fail at first use fails here. */
async function tryOut(addon: Addon, installed: InstalledModel): Promise<void> {
  const model = await LoadedModel.load(addon, installed);
  try {
    const { role, tokens } = installed.manifest;
    if (role === 'chat') (await model.template()).render([{ role: 'user', content: 'Hello' }]);
    const lane = model.lane('completion');
    await lane.feed([tokens.bos ?? tokens.eos[0] ?? 0]);
    await lane.decode({ maxTokens: 1 });
  } finally {
    model.dispose();
  }
}

function diskFull(store: ModelStore, cause: unknown): PteronError {
  const message = `There is no room for the model in ${store.modelsFolder}.`;
  return new PteronError('disk_full', message, 'Free some space, or move the store with PTERON_HOME.', { cause });
}
