import type { Program } from '../../../src/engine/native/addonTypes';
import { int64 } from './int64';
import { numbers } from './numbers';

/** All rows of the logits of forward(tokens, positions): the first `prefill` tokens in chunks of 16, the others one by one. */
export async function foreignLogits(program: Program, tokens: number[], prefill: number): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < tokens.length;) {
    const end = start < prefill ? Math.min(start + 16, prefill) : start + 1;
    const positions = Array.from({ length: end - start }, (_, i) => start + i);
    const inputs = [int64([1, positions.length], tokens.slice(start, end)), int64([positions.length], positions)];
    const [logits] = await program.run('forward', inputs);
    const all = Float32Array.from(numbers(logits!));
    const size = all.length / positions.length;
    rows.push(...positions.map((_, i) => all.slice(i * size, (i + 1) * size)));
    start = end;
  }
  return rows;
}
