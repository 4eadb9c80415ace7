import type { DecodeOptions, DecodeResult, Session } from '../native/addonTypes';

export interface FeedResult {
  /** Prompt tokens found in the KV cache. */
  readonly reused: number;
  readonly cancelled: boolean;
}

/**
 * A session that knows which tokens its KV cache holds, so that a prompt pays only for what follows the longest common
 * prefix. One lane a use (completion, chat), or they would evict each other.
 */
export class Lane {
  #cached: number[] = [];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Makes the cache hold exactly `prompt` (at least one token), ready for `decode`. */
  async feed(prompt: readonly number[], signal?: AbortSignal): Promise<FeedResult> {
    // The last token is always fed again: its logits are what decoding begins with.
    const common = Math.min(commonPrefix(this.#cached, prompt), prompt.length - 1);
    return this.#guarded(async () => {
      const reused = this.#session.rewind(common);
      this.#cached = prompt.slice(0, reused);
      const rest = Int32Array.from(prompt.slice(reused));
      const { position, cancelled } = await this.#session.prefill(rest, signal ? { signal } : {});
      this.#cached = prompt.slice(0, position);
      return { reused, cancelled };
    });
  }

  async decode(options: DecodeOptions): Promise<DecodeResult> {
    return this.#guarded(async () => {
      const result = await this.#session.decode(options);
      // The last token drawn is not in the cache yet.
      this.#cached = [...this.#cached, ...result.tokens].slice(0, this.#session.position);
      return result;
    });
  }

  dispose(): void {
    this.#session.dispose();
  }

  /** An error leaves the cache in an unknown state: forget it, so that the next request starts clean. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#cached = [];
      if ((error as { code?: unknown }).code !== 'disposed') this.#session.reset();
      throw error;
    }
  }
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}
