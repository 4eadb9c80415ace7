import { describe, expect, it } from 'vitest';
import { focusOf } from '../../../../src/extension/voice/focus';

describe('the place', () => {
  it('is what the key binding says, else the chat if its page has the focus', () => {
    expect(focusOf({ focus: 'terminal' }, true)).toBe('terminal');
    expect(focusOf(undefined, true)).toBe('chat');
    expect(focusOf({ focus: 'elsewhere' }, false)).toBe('editor');
    expect(focusOf(null, false)).toBe('editor');
  });
});
