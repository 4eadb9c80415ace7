import { describe, expect, it } from 'vitest';
import { statusOf, type StatusInput } from '../../../../src/extension/status/state';
import { PteronError } from '../../../../src/protocol';

const ready: StatusInput = {
  engine: { kind: 'running', pid: 1, version: '1', readyMs: 1 },
  activity: { state: 'idle' },
  problem: undefined,
  snoozedUntil: undefined,
  completionEnabled: true,
};
const of = (change: Partial<StatusInput>) => statusOf({ ...ready, ...change });
const error = new PteronError('engine_exited', 'It ended.', 'Restart it.');

describe('statusOf', () => {
  it.each([
    ['ready', {}],
    ['stopped', { engine: { kind: 'stopped' } }],
    ['starting', { engine: { kind: 'starting' } }],
    ['starting', { engine: { kind: 'restarting', delayMs: 500, error } }],
    ['loading', { activity: { state: 'loading', model: 'm' } }],
    ['working', { activity: { state: 'working', what: 'chat', model: 'm' } }],
    ['paused', { snoozedUntil: Date.now() }],
    ['paused', { completionEnabled: false }],
    ['failed', { engine: { kind: 'failed', error } }],
    ['failed', { problem: error }],
  ] as const)('is %s for %o', (kind, change) => {
    expect(of(change).kind).toBe(kind);
  });

  it('gives the reason and the remedy of a failure', () => {
    expect(of({ engine: { kind: 'failed', error } })).toMatchObject({
      detail: 'It ended. Restart it.',
      severity: 'error',
    });
    expect(of({ problem: error })).toMatchObject({ detail: 'It ended. Restart it.', severity: 'warning' });
    expect(of({ engine: { kind: 'restarting', delayMs: 500, error } }).detail).toBe(
      'It ended. Starting it again in 0.5 s.',
    );
  });

  it('tells what is going on now before what failed earlier', () => {
    expect(of({ problem: error, activity: { state: 'working', what: 'chat', model: 'm' } }).kind).toBe('working');
  });
});
