import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../../src/protocol';
import { remediesFor } from '../../../../src/extension/voice/remedies';

describe('remedies', () => {
  it('are there for every failure but a command’s own', () => {
    for (const code of errorCodes) expect(remediesFor(code, 'linux').length > 0).toBe(code !== 'command_failed');
    expect(remediesFor('microphone_denied', 'darwin')[0]?.argument).toContain('Privacy_Microphone');
  });
});
