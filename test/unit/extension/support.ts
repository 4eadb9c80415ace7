/** Shared by the extension's unit tests. */
import { join } from 'node:path';
import type { Log } from '../../../src/extension/log';

export const fakeEngine = join(import.meta.dirname, 'fakeEngine.mjs');

/** A log whose lines can be looked at. */
export function collectingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

export const model = (id: string, role: 'completion' | 'chat') => ({
  id,
  role,
  name: id.toUpperCase(),
  family: 'test',
  quantization: 'none',
  bytes: 1,
  contextLength: 2048,
  installed: true,
});

export const timings = {
  promptTokens: 9,
  reusedTokens: 0,
  prefillMs: 1,
  firstTokenMs: 1,
  generatedTokens: 20,
  decodeMs: 1000,
  draftedTokens: 0,
  acceptedTokens: 0,
};
