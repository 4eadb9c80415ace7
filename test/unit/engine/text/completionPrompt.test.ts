import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../src/engine/models/manifest';
import { completionPrompt } from '../../../../src/engine/text/completionPrompt';
import { PromptEncoder } from '../../../../src/engine/text/promptEncoder';
import { loadTokenizer } from '../../../../src/engine/text/tokenizer';
import { fixtures } from '../fakes/temporaryStore';

describe('a completion’s prompt', () => {
  let encoder: PromptEncoder;
  let manifest: Manifest;
  beforeAll(async () => {
    encoder = new PromptEncoder(await loadTokenizer(join(fixtures, 'tiny-gemma3/tokenizer.json')));
    manifest = JSON.parse(await readFile(join(fixtures, 'tiny-gemma3/model.json'), 'utf8')) as Manifest;
  });
  const at = (prefix: string, suffix = '') => ({ model: 'm', prefix, prefixOffset: 0, suffix });
  const fim = { prefix: 370, suffix: 371, middle: 372, order: 'psm' } as const;

  it('continues the prefix after the begin marker', () => {
    expect(completionPrompt(encoder, manifest, at('x = 1\n', 'z'), { budget: 100, contextLength: 160 })).toEqual([
      2,
      ...encoder.encode('x = 1\n'),
    ]);
  });

  it('leaves the marker out where the model has none', () => {
    const bare = { ...manifest, tokens: { ...manifest.tokens, addBos: false } };
    expect(completionPrompt(encoder, bare, at('x'), { budget: 100, contextLength: 160 })).toEqual(encoder.encode('x'));
    expect(completionPrompt(encoder, bare, at(''), { budget: 100, contextLength: 160 })).toHaveLength(1);
  });

  it('frames prefix and suffix with the model’s own markers, in its order', () => {
    const [before, after] = [encoder.encode('a'), encoder.encode('\nz\n')];
    const prompt = (order: 'psm' | 'spm') =>
      completionPrompt(encoder, { ...manifest, fim: { ...fim, order } }, at('a', '\nz\n'), {
        budget: 100,
        contextLength: 160,
      });
    expect(prompt('psm')).toEqual([2, 370, ...before, 371, ...after, 372]);
    expect(prompt('spm')).toEqual([2, 371, ...after, 370, ...before, 372]);
  });

  it('fits any document into the budget, suffix and markers included', () => {
    const long = 'value = compute(1, 2, 3)\n'.repeat(400);
    for (const model of [manifest, { ...manifest, fim }]) {
      const prompt = completionPrompt(encoder, model, at(long, long), { budget: 140, contextLength: 160 });
      expect(prompt.length).toBeLessThanOrEqual(140);
      expect(prompt.length).toBeGreaterThan(60);
    }
  });
});
