import { describe, expect, it } from 'vitest';
import { biasPrompt, biasTerms } from '../../../../../src/engine/speech/dictation/biasPrompt';

const far = '\n'.repeat(20_000);
const text = `const farAway = 1;\n${far}function parseConfig(content) {\n  return loadYaml(content);\n}\n// secretComment\nconst s = "stringWord";\n`;
const document = { languageId: 'typescript', text };

describe('biasTerms', () => {
  it('ranks by nearness and frequency, and knows no keywords, comments or strings', () => {
    const terms = biasTerms(document);
    expect(terms).toEqual(['loadYaml', 'content', 'parseConfig', 'farAway']);
    expect(biasTerms({ ...document, offset: 0 })[0]).toBe('farAway');
  });
});

describe('biasPrompt', () => {
  it('puts the likeliest last', () => {
    expect(biasPrompt(document)).toBe('farAway, parseConfig, content, loadYaml');
  });

  it('keeps to the budget, by the given tokenizer', () => {
    const countTokens = () => 50;
    expect(biasPrompt(document, { maxTokens: 100, countTokens })).toBe('content, loadYaml');
    expect(biasPrompt(document, { maxTokens: 0 })).toBe('');
  });

  it('stays within 200 tokens of two letters for a large file', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `const someName${i} = ${i};`).join('\n');
    const prompt = biasPrompt({ languageId: 'typescript', text: names });
    expect(prompt.length).toBeGreaterThan(300);
    expect(prompt.length).toBeLessThanOrEqual(400);
    expect(prompt.endsWith('someName2999')).toBe(true);
  });
});
