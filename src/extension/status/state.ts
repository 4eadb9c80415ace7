/** What the status bar says, derived from everything that can be true at once. Always the most urgent of it. */
import type { EngineActivity, PteronError } from '../../protocol';
import type { EngineState } from '../engine/supervisor';

export interface StatusInput {
  readonly engine: EngineState;
  readonly activity: EngineActivity;
  /** The last request's failure, until one succeeds. */
  readonly problem: PteronError | undefined;
  readonly snoozedUntil: number | undefined;
  readonly completionEnabled: boolean;
}

export type StatusKind = 'stopped' | 'starting' | 'loading' | 'ready' | 'working' | 'paused' | 'failed';

export interface Status {
  readonly kind: StatusKind;
  /** With a codicon, for the status bar. */
  readonly text: string;
  /** Plain text: what is going on, and on failure why and what to do. */
  readonly detail: string;
  readonly severity: 'normal' | 'warning' | 'error';
}

const spin = '$(loading~spin) Pteron';

export function statusOf(input: StatusInput): Status {
  const { engine, activity, problem } = input;
  if (engine.kind === 'failed') return failed(engine.error, 'error');
  if (engine.kind === 'restarting') {
    const detail = `${engine.error.message} Starting it again in ${engine.delayMs / 1000} s.`;
    return { kind: 'starting', text: spin, detail, severity: 'warning' };
  }
  if (engine.kind === 'starting')
    return { kind: 'starting', text: spin, detail: 'Starting the engine.', severity: 'normal' };
  if (activity.state === 'loading') {
    return { kind: 'loading', text: spin, detail: `Loading ${activity.model}.`, severity: 'normal' };
  }
  if (activity.state === 'working') {
    const what = { completion: 'completing', chat: 'answering', speech: 'transcribing' }[activity.what];
    return {
      kind: 'working',
      text: '$(sync~spin) Pteron',
      detail: `${activity.model} is ${what}.`,
      severity: 'normal',
    };
  }
  if (problem) return failed(problem, 'warning');
  return idle(input);
}

function idle({ engine, snoozedUntil, completionEnabled }: StatusInput): Status {
  const quiet = (detail: string): Status => ({
    kind: 'paused',
    text: '$(debug-pause) Pteron',
    detail,
    severity: 'normal',
  });
  if (snoozedUntil !== undefined)
    return quiet(`Suggestions are snoozed until ${new Date(snoozedUntil).toLocaleTimeString()}.`);
  if (!completionEnabled) return quiet('Suggestions are turned off in the settings. The chat works.');
  if (engine.kind === 'stopped') {
    const detail = 'The engine is not running. It starts when it is first needed.';
    return { kind: 'stopped', text: '$(circle-outline) Pteron', detail, severity: 'normal' };
  }
  return { kind: 'ready', text: '$(pteron-wing) Pteron', detail: 'Ready.', severity: 'normal' };
}

function failed(error: PteronError, severity: 'warning' | 'error'): Status {
  const icon = severity === 'error' ? '$(error)' : '$(warning)';
  return { kind: 'failed', text: `${icon} Pteron`, detail: `${error.message} ${error.remedy}`.trim(), severity };
}
