import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PromptEncoder } from '../../../../src/engine/text/promptEncoder';
import { loadTokenizer, type Tokenizer } from '../../../../src/engine/text/tokenizer';
import { fixtures } from '../fakes/temporaryStore';

const root = join(import.meta.dirname, '../../../..');

describe.each(['tiny-gemma3', 'tiny-llama'])('PromptEncoder with the tokenizer of %s', (model) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(join(fixtures, model, 'tokenizer.json'));
  });

  it('gives the tokenizer’s own tokens for this repository’s sources, whole and cut anywhere', async () => {
    const encoder = new PromptEncoder(tokenizer);
    expect(encoder.rule).not.toBe('none');
    const folder = join(root, 'src/engine/text');
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.ts'))) {
      const text = await readFile(join(folder, name), 'utf8');
      expect(encoder.encode(text)).toEqual(tokenizer.encode(text));
      for (let end = 900; end < 980; end++) {
        expect(encoder.encode(text.slice(0, end))).toEqual(tokenizer.encode(text.slice(0, end)));
      }
    }
  });

  it('tokenizes only the line that a keystroke changed', () => {
    const encoder = new PromptEncoder(tokenizer);
    const document = Array.from({ length: 500 }, (_, i) => `    value_${i} = compute(${i})\n`).join('');
    encoder.encode(`${document}    resul`);
    const encode = vi.spyOn(tokenizer, 'encode');
    encoder.encode(`${document}    result`);
    const characters = encode.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    expect(characters).toBeLessThan(80);
    encode.mockRestore();
  });
});
