import { describe, expect, it } from 'vitest';
import { nothingReasons, PteronError, silentReasons } from '../../../../src/protocol';
import { reasonFor } from '../../../../src/extension/voice/reasons';
import { opening } from '../../../../src/extension/voice/state';
import { meter, voiceStatusOf } from '../../../../src/extension/voice/statusText';

describe('the status', () => {
  it('shows the level in always the same width', () => {
    expect(meter([])).toBe('▁▁▁▁▁▁');
    expect(meter([0, 0.5, 1, 2, -1])).toHaveLength(6);
    expect(meter([0.2, 1])).toBe('▁▁▁▁▂█');
    const listening = { ...opening, kind: 'listening', levels: [1], seconds: 1 } as const;
    expect(voiceStatusOf(listening, 'K').text).toContain('▁▁▁▁▁█ Listening');
    const silent = voiceStatusOf({ ...listening, warning: 'no_sound' }, 'K');
    expect(silent).toMatchObject({ severity: 'warning', passing: false });
    expect(silent.text).toContain('muted');
  });

  it.each([...silentReasons, ...nothingReasons])('says why nothing was done and what helps: %s', (reason) => {
    const { short, help } = reasonFor(reason);
    expect(short.length).toBeLessThan(35);
    const status = voiceStatusOf({ kind: 'idle', last: { kind: 'nothing', reason, detail: 'Detail.' } }, 'K');
    expect(status.text).toContain(short);
    expect(status.detail).toBe(`Detail. ${help}`);
    expect(status.passing).toBe(true);
  });

  it('names the key when nothing goes on, and the failure with its remedy when one did', () => {
    expect(voiceStatusOf({ kind: 'idle' }, 'Ctrl+Alt+Space').detail).toContain('Ctrl+Alt+Space');
    const error = new PteronError('microphone_busy', 'It listens already.', 'Wait.');
    const status = voiceStatusOf({ kind: 'idle', last: { kind: 'failed', error } }, 'K');
    expect(status).toMatchObject({ severity: 'error', detail: 'It listens already. Wait.' });
  });
});
