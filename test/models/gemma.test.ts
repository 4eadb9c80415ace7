/** The real Gemma 3 270M through the engine: quality, reuse, long documents. Needs the addon and the demo models. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';

const { engine } = compose({ addon: loadAddon });
const model = 'gemma-3-270m';
const at = (prefix: string, suffix = '') => ({ model, prefix, prefixOffset: 0, suffix });

describe('Gemma 3 270M', () => {
  beforeAll(() => engine.loadModel(model));
  afterAll(() => engine.dispose());

  it('continues a recursive function', async () => {
    const prefix = 'def fibonacci(n):\n    if n <= 1:\n        return n\n    return';
    const { text, finish, timings } = await engine.complete(at(prefix));
    expect(text.replaceAll(' ', '')).toMatch(/^fibonacci\(n-1\)\+fibonacci\(n-2\)/);
    expect(finish).toBe('stop');
    expect(timings.firstTokenMs).toBeGreaterThan(0);
  });

  it('ends at the line’s end when one line is asked for', async () => {
    const { text } = await engine.complete({
      ...at('import os\nimport sys\n\n\ndef main():\n    print('),
      multiline: false,
    });
    expect(text).not.toContain('\n');
    expect(text.length).toBeGreaterThan(0);
  });

  it.each([200, 2000, 20_000])('pays for a typed character only, in a file of %i lines', async (count) => {
    const document = Array.from({ length: count }, (_, i) => `value_${i} = compute(value_${i % 7}, ${i})\n`).join('');
    const typed = `${document}result = comp`;
    await engine.complete({ ...at(typed), maxTokens: 4 });
    const { timings } = await engine.complete({ ...at(`${typed}u`), maxTokens: 4 });
    expect(timings.promptTokens - timings.reusedTokens).toBeLessThanOrEqual(3);
    expect(timings.promptTokens).toBeLessThanOrEqual(2048);
  });

  it('is cancelled within a token', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 300);
    const result = await engine.complete({ ...at('# A long story\n'), maxTokens: 800 }, { signal: abort.signal });
    expect(result.finish === 'cancelled' || result.timings.decodeMs < 300).toBe(true);
  });
});
