import type { Program, Tensor } from '../../../src/engine/native/addonTypes';
import { int64 } from './int64';
import { numbers } from './numbers';

/** All rows of the logits of forward(tokens, positions): the first `prefill` tokens in chunks of 16, the others one by one. */
export async function foreignLogits(program: Program, tokens: number[], prefill: number): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < tokens.length;) {
    const end = start < prefill ? Math.min(start + 16, prefill) : start + 1;
    const positions = Array.from({ length: end - start }, (_, i) => start + i);
    const inputs = [int64([1, positions.length], tokens.slice(start, end)), int64([positions.length], positions)];
    const all = await logitsOf(program, inputs);
    const size = all.length / positions.length;
    rows.push(...positions.map((_, i) => all.slice(i * size, (i + 1) * size)));
    start = end;
  }
  return rows;
}

/** After each of `positions`, of forward(tokens, start) → logits of the last token: chunks of at most 15 that end there. */
export async function lastLogits(program: Program, tokens: number[], positions: number[]): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  let start = 0;
  for (const position of positions) {
    let logits = new Float32Array();
    for (let end = start; start <= position; start = end) {
      end = Math.min(start + 15, position + 1);
      logits = await logitsOf(program, [int64([1, end - start], tokens.slice(start, end)), int64([1], [start])]);
    }
    rows.push(logits);
  }
  return rows;
}

async function logitsOf(program: Program, inputs: Tensor[]): Promise<Float32Array<ArrayBuffer>> {
  const [logits] = await program.run('forward', inputs);
  return Float32Array.from(numbers(logits!));
}
