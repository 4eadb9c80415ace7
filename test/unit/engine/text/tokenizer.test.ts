import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../../src/engine/text/tokenizer';
import { Utf8Stream } from '../../../../src/engine/text/utf8Stream';
import { fixtures } from '../fakes/temporaryStore';

const path = (model: string) => join(fixtures, model, 'tokenizer.json');

describe.each(['tiny-gemma3', 'tiny-llama'])('the tokenizer of %s', (model) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(path(model));
  });

  it.each(['def f(n):\n    return n\n', 'héllo wörld', '日本語 😀', '\t\tx\n\n\n y', ''])(
    'brings %j back, token by token',
    (text) => {
      const stream = new Utf8Stream();
      const shown = tokenizer.encode(text).map((id) => stream.push(tokenizer.bytes(id)));
      expect(shown.join('')).toBe(text);
    },
  );

  it('has an id below its size for every token', () => {
    expect(tokenizer.vocabularySize).toBe(384);
    expect(Math.max(...tokenizer.encode('The quick brown fox'))).toBeLessThan(tokenizer.vocabularySize);
  });

  it('shows nothing of a special token, and never makes one of a document’s text', () => {
    const special = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter((id) =>
      tokenizer.isSpecial(id),
    );
    expect(special.length).toBeGreaterThan(0);
    for (const id of special) {
      const spelling = tokenizer.spelling(id)!;
      expect(tokenizer.bytes(id)).toHaveLength(0);
      expect(tokenizer.encode(`a${spelling}b`).some((token) => tokenizer.isSpecial(token))).toBe(false);
      expect(tokenizer.encode(`a${spelling}b`, { markers: true })).toContain(id);
      expect(tokenizer.encode(tokenizer.guard(`a${spelling}b`), { markers: true })).not.toContain(id);
    }
  });
});

describe('a tokenizer file that cannot be used', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pteron-tokenizer-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['is missing', null],
    ['is truncated', 'half'],
    ['is other JSON', '{"hello": "world"}'],
    ['is null', 'null'],
    ['has a decoder that is not supported', '{"model":{"type":"WordPiece","vocab":{}},"decoder":{"type":"WordPiece"}}'],
  ])('is reported when it %s', async (name, text) => {
    const file = join(folder, `${name}.json`);
    if (text === 'half') await writeFile(file, (await readFile(path('tiny-llama'), 'utf8')).slice(0, 5000));
    else if (text !== null) await writeFile(file, text);
    await expect(loadTokenizer(file)).rejects.toMatchObject({ code: 'tokenizer_invalid' });
  });
});
