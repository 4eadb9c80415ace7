import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ModelSummary } from '../../protocol';
import { manifestInvalid, modelNotFound, programMissing } from './errors';
import { type Manifest, manifestSchema } from './manifest';
import { nearestNames } from './nearest';

/** A model folder whose model.json is valid. Paths are absolute. */
export interface InstalledModel {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly programPath: string;
  readonly dataPaths: readonly string[];
  readonly tokenizerPath: string;
  readonly templatePath: string;
  /** Bytes on disk of the program and its data files. */
  readonly bytes: number;
}

/** A folder of the store that is no usable model, and why. */
export interface BrokenModel {
  readonly id: string;
  readonly error: Error;
}

/** The folder of models on this machine. Reads the disk at each call: models come and go while the engine runs. */
export class ModelStore {
  constructor(readonly home: string) {}

  get modelsFolder(): string {
    return join(this.home, 'models');
  }

  /** What can be made again at any time. */
  get cacheFolder(): string {
    return join(this.home, 'cache');
  }

  /** @throws model_not_found (with the nearest ids), model_invalid, program_missing */
  async find(id: string): Promise<InstalledModel> {
    const ids = await this.ids();
    if (!ids.includes(id)) throw modelNotFound(id, nearestNames(id, ids));
    return readModelFolder(join(this.modelsFolder, id), id);
  }

  async list(): Promise<{ models: InstalledModel[]; broken: BrokenModel[] }> {
    const models: InstalledModel[] = [];
    const broken: BrokenModel[] = [];
    for (const id of await this.ids()) {
      try {
        models.push(await readModelFolder(join(this.modelsFolder, id), id));
      } catch (error) {
        broken.push({ id, error: error as Error });
      }
    }
    return { models, broken };
  }

  /** Deletes a model, a broken one as well. A link is removed, not what it points to. @throws model_not_found */
  async remove(id: string): Promise<void> {
    const ids = await this.ids();
    if (!ids.includes(id)) throw modelNotFound(id, nearestNames(id, ids));
    await rm(join(this.modelsFolder, id), { recursive: true });
  }

  private async ids(): Promise<string[]> {
    const entries = await readdir(this.modelsFolder, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders
      .map(({ name }) => name)
      .filter((name) => !isUnfinished(name))
      .sort();
  }
}

/**
 * Reads and validates a model folder. `id`, where given, must be the manifest's.
 * @throws model_invalid, program_missing
 */
export async function readModelFolder(folder: string, id?: string): Promise<InstalledModel> {
  const manifest = await readManifest(join(folder, 'model.json'));
  if (id !== undefined && manifest.id !== id) {
    throw manifestInvalid(join(folder, 'model.json'), `its id is "${manifest.id}" but its folder is "${id}"`);
  }
  const programPath = join(folder, manifest.program);
  const dataPaths = manifest.data.map((name) => join(folder, name));
  let bytes = 0;
  for (const path of [programPath, ...dataPaths]) {
    const info = await stat(path).catch(() => null);
    if (!info?.isFile()) throw programMissing(path);
    bytes += info.size;
  }
  return {
    folder,
    manifest,
    programPath,
    dataPaths,
    tokenizerPath: join(folder, 'tokenizer.json'),
    templatePath: join(folder, 'chat_template.jinja'),
    bytes,
  };
}

async function readManifest(path: string): Promise<Manifest> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw manifestInvalid(path, error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read', error);
  }
  const result = v.safeParse(manifestSchema, parsed);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw manifestInvalid(path, `${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message}`);
}

export function summarize({ manifest, bytes }: InstalledModel): ModelSummary {
  const { id, name, role, family, quantization, contextLength } = manifest;
  return { id, name, role, family, quantization, bytes, contextLength, installed: true };
}

/** The exporter writes beside the final name and renames at the end; one in progress, or killed, is no model. */
const isUnfinished = (name: string): boolean => name.startsWith('.') || name.includes('.partial-');
