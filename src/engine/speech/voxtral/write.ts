/** Greedy text after a prompt with something heard in it. */
import type { Session, Tensor } from '../../native/addonTypes';
import { draw } from '../whisper/draw';
import type { VoxtralPrompt } from './prompt';

export interface Written {
  /** Without the end. */
  readonly tokens: readonly number[];
  /** Mean of all tokens', the end's included. */
  readonly avgLogProbability: number;
  readonly cancelled: boolean;
}

export interface WriteOptions {
  readonly end: number;
  /** Most tokens. */
  readonly room: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws prompt_too_long, inference_failed */
export async function write(
  session: Session,
  prompt: VoxtralPrompt,
  heard: Tensor,
  { end, room, signal }: WriteOptions,
): Promise<Written> {
  session.reset();
  const features = { at: prompt.heardAt, values: heard };
  await session.prefill(prompt.tokens, { features, ...(signal ? { signal } : {}) });
  const tokens: number[] = [];
  let [sum, drawn] = [0, 0];
  while (!signal?.aborted) {
    const { token, logProbability } = draw(session.logits(), 0, Math.random);
    sum += logProbability;
    drawn++;
    if (token === end) break;
    tokens.push(token);
    if (tokens.length >= room) break;
    await session.prefill([token]);
  }
  return { tokens, avgLogProbability: drawn === 0 ? 0 : sum / drawn, cancelled: signal?.aborted ?? false };
}
