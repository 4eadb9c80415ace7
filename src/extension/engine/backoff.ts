/** When a crashed engine is started again: soon at first, later and later, and not at all once it keeps crashing. */
export interface BackoffOptions {
  readonly delaysMs: readonly number[];
  /** This many crashes within `windowMs` end the attempts. */
  readonly maxCrashes: number;
  readonly windowMs: number;
}

export const defaultBackoff: BackoffOptions = { delaysMs: [500, 1000, 2000, 5000], maxCrashes: 5, windowMs: 60_000 };

export class CrashBackoff {
  private crashes: number[] = [];

  constructor(
    private readonly options: BackoffOptions = defaultBackoff,
    private readonly now: () => number = Date.now,
  ) {}

  /** Records a crash; returns the wait before the next start in ms, or 'give up'. */
  crashed(): number | 'give up' {
    const now = this.now();
    this.crashes = [...this.crashes.filter((at) => now - at < this.options.windowMs), now];
    if (this.crashes.length >= this.options.maxCrashes) return 'give up';
    const { delaysMs } = this.options;
    return delaysMs[Math.min(this.crashes.length, delaysMs.length) - 1] ?? 0;
  }

  reset(): void {
    this.crashes = [];
  }
}
