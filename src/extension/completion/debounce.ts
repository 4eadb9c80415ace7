/** How long to wait for the next keystroke before the model is asked. */
const fastTypingMs = 250;
const longestMs = 400;
const remembered = 10;

export class AdaptiveDebounce {
  private readonly latencies: number[] = [];
  private lastRequest = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * `base` while the user pauses between keystrokes. In fast typing up to a quarter of the recent median latency: where
   * answers take long, one that is thrown away at the next keystroke only delays the next.
   */
  next(base: number): number {
    const sinceLast = this.now() - this.lastRequest;
    this.lastRequest = this.now();
    if (sinceLast > fastTypingMs) return base;
    return Math.max(base, Math.min(longestMs, this.medianLatency() / 4));
  }

  finished(latencyMs: number): void {
    this.latencies.push(latencyMs);
    if (this.latencies.length > remembered) this.latencies.shift();
  }

  private medianLatency(): number {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }
}
