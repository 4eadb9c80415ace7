import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PromptEncoder } from '../../../../src/engine/text/promptEncoder';
import { loadTokenizer } from '../../../../src/engine/text/tokenizer';
import { promptWindow } from '../../../../src/engine/text/window';
import { fixtures } from '../fakes/temporaryStore';

const limits = { contextLength: 2048, budget: 2048 - 160 };

/** Lines of code that all differ. */
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `value_${i} = compute(${i * 7919}, other)\n`).join('');

describe('the prompt window', () => {
  let encoder: PromptEncoder;
  beforeAll(async () => {
    encoder = new PromptEncoder(await loadTokenizer(join(fixtures, 'tiny-llama/tokenizer.json')));
  });

  it('is the whole of a document that fits', () => {
    const text = lines(20);
    expect(promptWindow(encoder, text, 0, limits)).toEqual({ start: 0, tokens: encoder.encode(text) });
    expect(promptWindow(encoder, '', 0, limits)).toEqual({ start: 0, tokens: [] });
  });

  it.each([200, 2000, 20_000])('keeps the newest of %i lines, from the start of a line, within the budget', (count) => {
    const text = `${lines(count)}last_line = `;
    const { start, tokens } = promptWindow(encoder, text, 0, limits);
    expect(tokens.length).toBeLessThanOrEqual(limits.budget);
    expect(tokens.length).toBeGreaterThan(limits.budget / 2);
    expect(text[start - 1]).toBe('\n');
    expect(tokens).toEqual(encoder.encode(text.slice(start)));
  });

  it('moves its start only in steps while a document is typed', () => {
    const text = lines(600);
    const starts: number[] = [];
    for (let end = 12_000; end < 14_000; end++) starts.push(promptWindow(encoder, text.slice(0, end), 0, limits).start);
    const moves = starts.filter((start, i) => i > 0 && start !== starts[i - 1]);
    const step = 512 * encoder.charactersPerToken;
    expect(moves.length).toBeLessThanOrEqual(Math.ceil(2000 / step) + 1);
    for (const [i, start] of moves.entries()) if (i > 0) expect(start - moves[i - 1]!).toBeGreaterThan(0.9 * step);
  });

  it('has the same start whether the caller sends the whole document or a late part of it', () => {
    const text = lines(2000);
    const whole = promptWindow(encoder, text, 0, limits);
    const from = text.indexOf('\n', text.length - 30_000) + 1;
    expect(promptWindow(encoder, text.slice(from), from, limits)).toEqual(whole);
  });

  it('uses all of a short part that the caller sent', () => {
    expect(promptWindow(encoder, 'x = 1\n', 100, limits).start).toBe(100);
  });

  it('cuts inside a line only where that line is longer than a step', () => {
    const minified = 'a=1;'.repeat(20_000);
    const { start, tokens } = promptWindow(encoder, minified, 0, limits);
    expect(start % Math.ceil(512 * encoder.charactersPerToken)).toBe(0);
    expect(tokens.length).toBeLessThanOrEqual(limits.budget);
    expect(tokens.length).toBeGreaterThan(0);
  });

  it('fits text of many tokens a character too, and never splits a code point', () => {
    const emoji = '😀👩‍👧'.repeat(6000);
    const { start, tokens } = promptWindow(encoder, emoji, 0, limits);
    expect(tokens.length).toBeLessThanOrEqual(limits.budget);
    expect(tokens.length).toBeGreaterThan(0);
    expect(emoji.charCodeAt(start) & 0xfc00).not.toBe(0xdc00);
  });

  it('shows the model the newlines it knows, whatever the document uses', () => {
    const text = lines(20);
    expect(promptWindow(encoder, text.replaceAll('\n', '\r\n'), 0, limits).tokens).toEqual(encoder.encode(text));
  });
});
