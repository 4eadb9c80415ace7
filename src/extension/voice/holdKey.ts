/**
 * A key that talks while it is held, and toggles when tapped. An extension is told of no key that goes up; but a held key repeats, so the end of its
 * repeats is its release. The operating system waits before the first repeat (a quarter of a second to more than one), then
 * repeats steadily (every 30 to 100 ms).
 */

/** Runs something later. A test has its own. */
export interface Timers {
  now(): number;
  after(ms: number, run: () => void): { dispose(): void };
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** A second press later than this is a tap that ends what the first began; sooner it may be the first repeat. */
const longestDelay = 1200;
/** Until two repeats have shown how fast they come. */
const firstPatience = 350;
/** Without a repeat for this long, or for three times their usual distance, the key is up. */
const shortestPatience = 150;
/** A timer that fires later than this was held up by a busy process, and so may be the repeats. */
const tolerance = 50;

export interface HoldKeyOptions {
  /** The key went down: false if there is nothing to hold, since what it began had begun already. */
  readonly press: () => boolean;
  /** It was let go after being held, or tapped once more. */
  readonly release: () => void;
  readonly timers?: Timers;
}

type KeyState = 'up' | 'pressed' | 'held';

export class HoldKey {
  private state: KeyState = 'up';
  private lastEvent = Number.NEGATIVE_INFINITY;
  private patience = firstPatience;
  /** Events nearer than this are repeats of one press. */
  private nearest = shortestPatience;
  private timer: { dispose(): void } | undefined;
  private readonly timers: Timers;

  constructor(private readonly options: HoldKeyOptions) {
    this.timers = options.timers ?? systemTimers;
  }

  /** The key's command ran: pressed, or repeated. */
  event(): void {
    const now = this.timers.now();
    const sinceLast = now - this.lastEvent;
    this.lastEvent = now;
    switch (this.state) {
      case 'up':
        // Still the repeats of a key that was held when listening ended by itself.
        if (sinceLast >= this.nearest) this.pressed();
        return;
      case 'pressed':
        if (sinceLast > longestDelay) return this.letGo();
        this.state = 'held';
        this.patience = firstPatience;
        return this.wait();
      case 'held':
        this.patience = Math.min(firstPatience, Math.max(shortestPatience, 3 * sinceLast));
        this.nearest = this.patience;
        return this.wait();
    }
  }

  /** What the key began is over: a next press begins anew. */
  reset(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.state = 'up';
  }

  dispose(): void {
    this.reset();
  }

  private pressed(): void {
    if (this.options.press()) this.state = 'pressed';
    else this.options.release();
  }

  private wait(): void {
    this.timer?.dispose();
    const due = this.timers.now() + this.patience;
    this.timer = this.timers.after(this.patience, () => {
      if (this.timers.now() > due + tolerance) this.wait();
      else this.letGo();
    });
  }

  private letGo(): void {
    this.reset();
    this.options.release();
  }
}
