import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PteronError } from '../../../protocol';
import { manifestInvalid, nothingAt, tokenizerMissing } from '../errors';
import { readJson, type JsonObject } from './json';

/** The files of a program that others exported, as they lie beside each other. Paths are absolute. */
export interface ForeignFiles {
  /** What a model id is made from: the folder's or file's name. */
  readonly name: string;
  readonly program: string;
  readonly data: readonly string[];
  readonly tokenizer: string;
  /** chat_template.jinja, where there is one. */
  readonly template: string | null;
  /** Hugging Face's files of these names; empty where there is none. */
  readonly tokenizerConfig: JsonObject;
  readonly generationConfig: JsonObject;
  readonly config: JsonObject;
}

/** What `path` is. @throws model_not_found */
export async function kindOf(path: string): Promise<'model folder' | 'folder' | 'program'> {
  const info = await stat(path).catch(() => null);
  if (!info) throw nothingAt(path);
  if (info.isFile()) return basename(path) === 'model.json' ? 'model folder' : 'program';
  return (await stat(join(path, 'model.json')).catch(() => null)) ? 'model folder' : 'folder';
}

/** The `.pte` files that `path`, a folder or a file, stands for. @throws program_missing */
export async function programsAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [resolve(path)];
  const names = (await readdir(path)).filter((name) => extname(name) === '.pte').sort();
  if (names.length === 0) {
    const remedy = 'Give a folder with a .pte and its tokenizer.json, or the .pte itself.';
    throw new PteronError('program_missing', `There is no .pte in ${path}.`, remedy);
  }
  return names.map((name) => resolve(path, name));
}

/** What lies beside a program. @throws tokenizer_invalid, model_invalid */
export async function filesBeside(path: string, program: string, tokenizer?: string): Promise<ForeignFiles> {
  const folder = dirname(program);
  const names = await readdir(folder);
  const beside = (name: string) => (names.includes(name) ? join(folder, name) : null);
  const json = async (name: string): Promise<JsonObject> => {
    const file = beside(name);
    return file ? readJson(file, (why, cause) => manifestInvalid(file, why, cause)) : {};
  };
  const isFolder = (await stat(path)).isDirectory();
  return {
    name: isFolder ? basename(resolve(path)) : basename(program, extname(program)),
    program,
    data: names.filter((name) => extname(name) === '.ptd').map((name) => join(folder, name)),
    tokenizer: tokenizer === undefined ? (beside('tokenizer.json') ?? missing(folder, names)) : resolve(tokenizer),
    template: beside('chat_template.jinja'),
    tokenizerConfig: await json('tokenizer_config.json'),
    generationConfig: await json('generation_config.json'),
    config: await json('config.json'),
  };
}

function missing(folder: string, names: readonly string[]): never {
  throw tokenizerMissing(
    folder,
    names.find((name) => /^tokenizer\.(model|bin)$/.test(name)),
  );
}
