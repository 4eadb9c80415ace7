/** Everything the status depends on, in one place; fires when it may have changed. */
import type { PteronError } from '../../protocol';
import type { Snooze } from '../completion/snooze';
import type { EngineClient } from '../engine/client';
import { Emitter, type Disposable } from '../events';
import { statusOf, type Status } from './state';

export type Feature = 'completion' | 'chat';

export class StatusModel {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly problems = new Map<Feature, PteronError>();
  private readonly subscriptions: Disposable[];

  constructor(
    private readonly engine: EngineClient,
    readonly snooze: Snooze,
    private readonly completionEnabled: () => boolean,
  ) {
    this.subscriptions = [
      engine.supervisor.onDidChangeState(() => this.update()),
      engine.onDidChangeActivity(() => this.update()),
      snooze.onDidChange(() => this.update()),
    ];
  }

  get current(): Status {
    const { engine, snooze } = this;
    const [problem] = this.problems.values();
    const { state } = engine.supervisor;
    return statusOf({
      engine: state,
      activity: engine.activity,
      problem,
      snoozedUntil: snooze.endsAt,
      completionEnabled: this.completionEnabled(),
    });
  }

  /** Further lines for the tooltip. */
  facts(): string[] {
    const { state } = this.engine.supervisor;
    return state.kind === 'running' ? [`Engine ${state.version}, process ${state.pid}.`] : [];
  }

  /** A feature's request failed: shown until one of its requests succeeds. An exited engine tells of itself. */
  failed(feature: Feature, error: PteronError): void {
    if (error.code === 'engine_exited') return;
    this.problems.set(feature, error);
    this.update();
  }

  succeeded(feature: Feature): void {
    if (this.problems.delete(feature)) this.update();
  }

  /** Settings or models changed: what failed before may work now. */
  forgetProblems(): void {
    this.problems.clear();
    this.update();
  }

  update(): void {
    this.changed.fire();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}
