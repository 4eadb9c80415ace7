/** The programs that the native tests run, and how they are opened and closed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LoadOptions, Program, Session } from '../../../src/engine/native/addonTypes';
import { loadAddon } from '../../../src/engine/native/loader';

export const addon = loadAddon();

const fixtures = join(__dirname, '..', '..', 'fixtures');
export const modelPath = (id: string) => join(fixtures, 'models', id, 'model.pte');
/** What ExecuTorch's own scripts exported; context 160, chunk 16, vocabulary 384, and tiny-gemma3's window 24. */
export const foreignPath = (id: string, file: string) => join(fixtures, 'foreign', id, `${file}.pte`);
export const nodesFolder = join(fixtures, 'nodes');
/** Portable kernels only, its cache outside any delegate: context 64, chunk 8, 4 rows, vocabulary 50.
 *  The last token makes all logits NaN. */
export const outsideDelegate = join(__dirname, '..', 'fixtures', 'outside_delegate.pte');
/** fp32, context 160, chunk 16, 16 rows, vocabulary 384, window 24. */
export const tinyGemma = modelPath('tiny-gemma3');
export const tinyLlama = modelPath('tiny-llama');
export const contextLength = 160;
export const vocabulary = 384;

const open: Program[] = [];
afterEach(() => {
  for (const program of open.splice(0)) program.dispose();
});

/** Loads a program that is disposed after the test. */
export async function load(path: string = tinyGemma, options?: LoadOptions): Promise<Program> {
  const program = await addon.Program.load(path, options);
  open.push(program);
  return program;
}

export async function loadSession(path: string = tinyGemma): Promise<Session> {
  return (await load(path)).createSession({ contextLength: path === outsideDelegate ? 64 : contextLength });
}

interface LogitsRow {
  readonly position: number;
  readonly base64Float32: string;
}
export interface Reference {
  readonly tolerance: number;
  readonly prompt: number[];
  readonly greedy: number[];
  readonly logits: LogitsRow[];
  readonly rewind: {
    readonly to: number;
    readonly then: number[];
    readonly greedy: number[];
    readonly logits: LogitsRow[];
  };
}

/** What transformers computes with the same weights. */
export function reference(id: string): Reference {
  return readReference<Reference>('models', id);
}

export function foreignReference(id: string): Reference {
  return readReference<Reference>('foreign', id);
}

export function readReference<T>(kind: 'models' | 'foreign', id: string): T {
  return JSON.parse(readFileSync(join(fixtures, kind, id, 'reference.json'), 'utf8')) as T;
}

export function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}
