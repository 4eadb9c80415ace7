/** One piece of work at a time, in order of arrival. Work whose signal is aborted while it waits never starts. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs `work` after what was queued before; `cancelled()` gives the result if the signal was aborted by then. */
  run<T>(work: () => Promise<T>, cancelled?: { signal: AbortSignal | undefined; result: () => T }): Promise<T> {
    this.#waiting++;
    const turn = this.#last.then(async () => {
      try {
        return cancelled?.signal?.aborted ? cancelled.result() : await work();
      } finally {
        this.#waiting--;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
