/** Greedy text after a prompt with something heard in it. */
import type { Session, Tensor } from '../../native/addonTypes';
import type { Writing } from '../otherReadings';
import { draw, type Drawn, rivalOf } from '../draw';
import type { VoxtralPrompt } from './prompt';

/** Without the end. */
export interface Written extends Writing {
  /** Mean of all tokens', the end's included. */
  readonly avgLogProbability: number;
}

export interface WriterOptions {
  readonly end: number;
  /** Most tokens. */
  readonly room: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether a token is text. */
  isWord(token: number): boolean;
}

/** Writes after one prompt, as often as is wanted. The session is its own meanwhile. */
export class Writer {
  constructor(
    private readonly session: Session,
    private readonly prompt: VoxtralPrompt,
    private readonly heard: Tensor,
    private readonly options: WriterOptions,
  ) {}

  /** `begun`: what stands behind the prompt already, as if it had been drawn. @throws prompt_too_long, inference_failed */
  async write(begun: readonly Drawn[] = []): Promise<Written> {
    const { session } = this;
    const { end, room, signal, isWord } = this.options;
    await this.#prefill(begun);
    const tokens = begun.map(({ token }) => token);
    const logProbabilities = begun.map(({ logProbability }) => logProbability);
    const rivals: (Drawn | null)[] = begun.map(() => null);
    let ended = false;
    while (tokens.length < room && !signal?.aborted) {
      if (tokens.length > begun.length) await session.prefill(tokens.slice(-1));
      const logits = session.logits();
      const drawn = draw(logits, 0, Math.random);
      logProbabilities.push(drawn.logProbability);
      ended = drawn.token === end;
      if (ended) break;
      tokens.push(drawn.token);
      rivals.push(rivalOf(logits, drawn, isWord));
    }
    const sum = logProbabilities.reduce((total, value) => total + value, 0);
    return {
      tokens,
      logProbabilities: logProbabilities.slice(0, tokens.length),
      rivals,
      avgLogProbability: sum / Math.max(1, logProbabilities.length),
      cancelled: signal?.aborted ?? false,
    };
  }

  /** The prompt, where it is not in the cache any more, and what follows it. */
  async #prefill(begun: readonly Drawn[]): Promise<void> {
    const { session, prompt, heard } = this;
    const { signal } = this.options;
    const abortable = signal ? { signal } : {};
    const { length } = prompt.tokens;
    if (begun.length === 0 || session.position < length || session.rewind(length) < length) {
      session.reset();
      await session.prefill(prompt.tokens, { features: { at: prompt.heardAt, values: heard }, ...abortable });
    }
    if (begun.length > 0) {
      await session.prefill(
        begun.map(({ token }) => token),
        abortable,
      );
    }
  }
}
