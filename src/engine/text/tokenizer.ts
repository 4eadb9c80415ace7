import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenizerInvalid } from '../models/errors';
import { type BpeTables, buildTables } from './bpe/tables';
import { CompactTokenizer } from './bpe/compactTokenizer';
import { readTables, writeTables } from './bpe/tablesFile';
import { LibraryTokenizer } from './libraryTokenizer';
import { type VocabularyEncoding, vocabularyEncoding } from './tokenBytes';
import type { Tokenizer, TokenizerJson } from './tokenizerJson';

export type { Tokenizer } from './tokenizerJson';

/**
 * `cacheFolder`: where the compact form is kept, so that the next process reads it instead of parsing 33 MB of JSON.
 * @throws tokenizer_invalid
 */
export async function loadTokenizer(path: string, cacheFolder?: string): Promise<Tokenizer> {
  const info = await stat(path).catch((cause: unknown) => {
    throw tokenizerInvalid(path, 'it cannot be read', cause);
  });
  const source = `${info.size} bytes, changed ${info.mtimeMs}`;
  const cachePath =
    cacheFolder && join(cacheFolder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.bpe`);
  try {
    const cached = cachePath ? await readTables(cachePath, source) : null;
    if (cached) return await compact(cached.tables, cached.skeleton as TokenizerJson);

    const json = JSON.parse(await readFile(path, 'utf8')) as TokenizerJson;
    if (!json?.model || !Array.isArray(json.added_tokens)) throw new Error('it is no tokenizer.json');
    if (!isPlainBpe(json)) return await asLibraryDoes(json);
    const { tables, skeleton } = compactForm(json);
    const tokenizer = await compact(tables, skeleton);
    // A cache that cannot be written costs time, nothing else.
    if (cachePath) await writeTables(cachePath, source, skeleton, tables).catch(() => undefined);
    return tokenizer;
  } catch (cause) {
    throw tokenizerInvalid(path, cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message, cause);
  }
}

function isPlainBpe({ model }: TokenizerJson): boolean {
  return model.type === 'BPE' && !model.continuing_subword_prefix && !model.end_of_word_suffix && !!model.merges;
}

/** Far beyond any vocabulary; an id is an index here, so a damaged file must not size an array. */
const highestId = 2 ** 22;

function compactForm(json: TokenizerJson): { tables: BpeTables; skeleton: TokenizerJson } {
  const { vocab, merges = [] } = json.model;
  const spellings: (string | undefined)[] = [];
  const add = (id: number, spelling: string) => {
    if (!Number.isInteger(id) || id < 0 || id > highestId) throw new Error(`"${spelling}" has the id ${id}`);
    spellings[id] = spelling;
  };
  for (const [spelling, id] of Object.entries(vocab)) add(id, spelling);
  for (const { id, content } of json.added_tokens) add(id, content);
  return {
    tables: buildTables(spellings, pairsOf(merges), merges.length),
    skeleton: { ...json, model: { ...json.model, vocab: {}, merges: [] } },
  };
}

/** Merges are pairs, or in older files one string with a space between. */
function* pairsOf(merges: NonNullable<TokenizerJson['model']['merges']>): Generator<readonly [string, string]> {
  for (const merge of merges) {
    if (typeof merge !== 'string') yield merge;
    else yield [merge.slice(0, merge.indexOf(' ', 1)), merge.slice(merge.indexOf(' ', 1) + 1)];
  }
}

async function compact(tables: BpeTables, skeleton: TokenizerJson): Promise<Tokenizer> {
  const { Tokenizer: Library } = await import('@huggingface/tokenizers');
  return new CompactTokenizer(new Library(skeleton, {}), tables, skeleton, encodingOf(skeleton));
}

async function asLibraryDoes(json: TokenizerJson): Promise<Tokenizer> {
  const { Tokenizer: Library } = await import('@huggingface/tokenizers');
  return new LibraryTokenizer(new Library(json, {}), json.added_tokens, encodingOf(json));
}

function encodingOf({ decoder }: TokenizerJson): VocabularyEncoding {
  const encoding = vocabularyEncoding(decoder);
  if (encoding === null) throw new Error(`its decoder "${decoder?.type}" is not supported`);
  return encoding;
}
