import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { markersOf } from '../../../../../src/engine/models/add/markers';
import type { ForeignFiles } from '../../../../../src/engine/models/add/sources';
import type { Program } from '../../../../../src/engine/native/addonTypes';

const folder = mkdtempSync(join(tmpdir(), 'pteron-markers-'));
afterAll(() => rm(folder, { recursive: true }));

const startsWith = (id: string) => ({ type: 'TemplateProcessing', single: [{ SpecialToken: { id, type_id: 0 } }] });

async function markers(
  added: Record<string, number>,
  files: Partial<ForeignFiles> & { postProcessor?: unknown } = {},
  constants: Record<string, number | number[]> = {},
) {
  const tokenizer = join(folder, 'tokenizer.json');
  const tokens = Object.entries(added).map(([content, id]) => ({ id, content, special: true }));
  await writeFile(tokenizer, JSON.stringify({ added_tokens: tokens, post_processor: files.postProcessor ?? null }));
  const none = { tokenizerConfig: {}, generationConfig: {}, config: {} };
  const program = { constant: (name: string) => constants[name] } as unknown as Program;
  const beside = { name: 'x', program: 'x.pte', data: [], template: null, ...none, ...files, tokenizer };
  return markersOf(beside, program);
}

describe('the marker tokens of a foreign program', () => {
  it('are those that its configuration names', async () => {
    const config = { bos_token_id: 7, eos_token_id: 8 };
    expect((await markers({}, { config })).tokens).toEqual({ bos: 7, eos: [8], addBos: false });
    const generationConfig = { bos_token_id: 1, eos_token_id: [9, 3] };
    expect((await markers({}, { config, generationConfig })).tokens).toEqual({ bos: 1, eos: [3, 8, 9], addBos: false });
  });

  it('are spelled in the tokenizer’s configuration', async () => {
    const tokenizerConfig = { bos_token: { content: '<s>' }, eos_token: '<end>', add_bos_token: true };
    const found = await markers({ '<s>': 1, '<end>': 2 }, { tokenizerConfig });
    expect(found.tokens).toEqual({ bos: 1, eos: [2], addBos: true });
  });

  it('are what the program’s constant methods say', async () => {
    const found = await markers({}, {}, { get_bos_id: 4, get_eos_ids: [5, 6] });
    expect(found.tokens).toEqual({ bos: 4, eos: [5, 6], addBos: false });
  });

  it('end an answer wherever a vocabulary has such a token', async () => {
    expect((await markers({ '<|im_end|>': 3, '<|eot_id|>': 9, '<other>': 4 })).tokens.eos).toEqual([3, 9]);
  });

  it.each([
    ['at once', startsWith('<s>'), true],
    ['among others', { type: 'Sequence', processors: [{ type: 'ByteLevel' }, startsWith('<s>')] }, true],
    ['with another token', startsWith('<other>'), false],
    ['not', { type: 'ByteLevel' }, false],
  ])('begin a text where the post-processor puts them %s', async (_, postProcessor, addBos) => {
    const tokenizerConfig = { bos_token: '<s>' };
    const found = await markers({ '<s>': 1, '<other>': 2, '</s>': 3 }, { tokenizerConfig, postProcessor });
    expect(found.tokens.addBos).toBe(addBos);
  });

  it('allow fill-in-the-middle where the vocabulary has the whole set', async () => {
    const set = { '<|fim_prefix|>': 10, '<|fim_suffix|>': 12, '<|fim_middle|>': 11, '</s>': 1 };
    expect((await markers(set)).fim).toEqual({ prefix: 10, suffix: 12, middle: 11, order: 'psm' });
    const { '<|fim_middle|>': _, ...part } = set;
    expect((await markers(part)).fim).toBeNull();
  });

  it.each([{ eos_token_id: 'x' }, { eos_token_id: -1 }, { eos_token_id: 1.5 }, { eos_token_id: null }])(
    'are not guessed from %j',
    async (config) => {
      await expect(markers({}, { config })).rejects.toMatchObject({ code: 'tokenizer_invalid' });
    },
  );
});
