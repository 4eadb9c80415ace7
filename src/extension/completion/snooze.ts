/** Suggestions paused for a while. */
import { Emitter } from '../events';

export class Snooze {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private timer: NodeJS.Timeout | undefined;
  private until: number | undefined;

  /** Epoch ms at which suggestions come back, or undefined while they are on. */
  get endsAt(): number | undefined {
    return this.until;
  }

  start(minutes: number): void {
    this.clear();
    this.until = Date.now() + minutes * 60_000;
    this.timer = setTimeout(() => this.end(), minutes * 60_000);
    this.timer.unref();
    this.changed.fire();
  }

  end(): void {
    this.clear();
    this.changed.fire();
  }

  dispose(): void {
    this.clear();
    this.changed.dispose();
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.until = undefined;
  }
}
