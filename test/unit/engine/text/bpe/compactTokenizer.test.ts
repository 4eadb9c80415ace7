import { Tokenizer as Library } from '@huggingface/tokenizers';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTokenizer } from '../../../../../src/engine/text/tokenizer';
import { fixtures } from '../../fakes/temporaryStore';

const texts = [
  'def f(n):\n    return n + 1\n\n\n',
  "don't stop — héllo, 日本語 😀\t\r\n",
  '  leading and trailing  ',
  '▁underscores▁ and <0x41> spelled out',
  '\u0000\u0007 control \u{10FFFF}',
  'x'.repeat(3000),
];

describe.each(['tiny-gemma3', 'tiny-llama'])('the compact tokenizer of %s', (model) => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pteron-bpe-'));
    path = join(folder, 'tokenizer.json');
    await copyFile(join(fixtures, model, 'tokenizer.json'), path);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the library’s tokens', async () => {
    const compact = await loadTokenizer(path);
    const library = new Library(JSON.parse(await readFile(path, 'utf8')) as object, {});
    const source = await readFile(import.meta.filename, 'utf8');
    for (const text of [...texts, source]) {
      expect(compact.encode(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
    }
    for (let id = 0; id < compact.vocabularySize; id++) expect(compact.spelling(id)).toBe(library.id_to_token(id));
  });

  it('is the same from its cache, without parsing tokenizer.json', async () => {
    const cache = join(folder, 'cache');
    const first = await loadTokenizer(path, cache);
    expect(await readdir(cache)).toHaveLength(1);
    const parse = vi.spyOn(JSON, 'parse');
    const second = await loadTokenizer(path, cache);
    expect(Math.max(...parse.mock.calls.map(([text]) => text.length))).toBeLessThan(5000);
    parse.mockRestore();
    for (const text of texts) expect(second.encode(text)).toEqual(first.encode(text));
    expect(second.vocabularySize).toBe(first.vocabularySize);
    expect(second.encode(first.spelling(1)!, { markers: true })).toEqual([1]);
  });

  it('builds a cache anew that is damaged, truncated or of an older file', async () => {
    const cache = join(folder, 'cache');
    const expected = (await loadTokenizer(path, cache)).encode(texts[0]!);
    const file = join(cache, (await readdir(cache))[0]!);
    const again = async () => (await loadTokenizer(path, cache)).encode(texts[0]!);
    await truncate(file, 3000);
    expect(await again()).toEqual(expected);
    await writeFile(file, Buffer.alloc(5000, 0xff));
    expect(await again()).toEqual(expected);
    await utimes(path, 1, 1);
    expect(await again()).toEqual(expected);
  });

  it('does without a cache that cannot be written', async () => {
    const blocked = join(path, 'no-folder');
    expect((await loadTokenizer(path, blocked)).encode('x').length).toBeGreaterThan(0);
  });
});

it('refuses ids that no vocabulary has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pteron-bpe-'));
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(await readFile(join(fixtures, 'tiny-llama/tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  json.model.vocab['far'] = 4_000_000_000;
  await writeFile(path, JSON.stringify(json));
  await expect(loadTokenizer(path)).rejects.toMatchObject({ code: 'tokenizer_invalid' });
  await rm(folder, { recursive: true });
});
