import type { EngineActivity } from '../protocol';

/** What the engine is doing, as the status bar shows it: the newest thing begun that has not ended. */
export class Activity {
  readonly #running: EngineActivity[] = [];
  #last: EngineActivity = { state: 'idle' };

  constructor(private readonly onChange: (activity: EngineActivity) => void = () => undefined) {}

  /** Returns the function that ends it; calling that twice does nothing. */
  begin(activity: EngineActivity): () => void {
    this.#running.push(activity);
    this.#report();
    return () => {
      const index = this.#running.indexOf(activity);
      if (index >= 0) this.#running.splice(index, 1);
      this.#report();
    };
  }

  #report(): void {
    const current = this.#running.at(-1) ?? { state: 'idle' };
    if (JSON.stringify(current) === JSON.stringify(this.#last)) return;
    this.#last = current;
    this.onChange(current);
  }
}
