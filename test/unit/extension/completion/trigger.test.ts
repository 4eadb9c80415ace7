import { describe, expect, it } from 'vitest';
import { wantsMultiline, whyNotTriggered, type TriggerContext } from '../../../../src/extension/completion/trigger';

const usual: TriggerContext = {
  automatic: true,
  enabled: true,
  snoozed: false,
  languages: { '*': true, markdown: false },
  languageId: 'python',
  scheme: 'file',
  cursorCount: 1,
  lineBefore: 'x = ',
  lineAfter: '',
  hasContext: true,
};
const why = (change: Partial<TriggerContext>) => whyNotTriggered({ ...usual, ...change });

describe('whyNotTriggered', () => {
  it('asks at the end of a line, also before what the editor closed by itself', () => {
    for (const lineAfter of ['', '  ', ')', '))', '"', '});', '):', '},']) expect(why({ lineAfter })).toBeUndefined();
  });

  it('asks in untitled files and notebook cells, not in output', () => {
    for (const scheme of ['untitled', 'vscode-notebook-cell', 'vscode-remote']) expect(why({ scheme })).toBeUndefined();
    for (const scheme of ['output', 'vscode-scm', 'git']) expect(why({ scheme })).toBe('schemeExcluded');
  });

  it.each([
    ['midWord', { lineAfter: 'name' }],
    ['midWord', { lineAfter: 'änder' }],
    ['midLine', { lineAfter: ' + y' }],
    ['midLine', { lineAfter: '(a, b)' }],
    ['disabled', { enabled: false }],
    ['snoozed', { snoozed: true }],
    ['languageDisabled', { languageId: 'markdown' }],
    ['languageDisabled', { languages: { '*': false } }],
    ['multipleCursors', { cursorCount: 2 }],
    ['promptTooShort', { hasContext: false }],
  ] as const)('gives the reason %s for %o', (reason, change) => {
    expect(why(change)).toBe(reason);
  });

  it('obeys an explicit invocation wherever a completion can be', () => {
    expect(
      why({ automatic: false, enabled: false, snoozed: true, lineAfter: 'name', languageId: 'markdown' }),
    ).toBeUndefined();
    expect(why({ automatic: false, scheme: 'output' })).toBe('schemeExcluded');
  });
});

describe('wantsMultiline', () => {
  it('is on an empty line and after an opening', () => {
    for (const before of ['', '    ', 'def f(x):', 'if (a) {', 'const f = () =>', 'call(']) {
      expect(wantsMultiline('auto', before, '')).toBe(true);
    }
    expect(wantsMultiline('auto', 'if (a) {', '}')).toBe(true);
  });

  it('is not within an expression', () => {
    expect(wantsMultiline('auto', 'x = a + ', '')).toBe(false);
    expect(wantsMultiline('auto', '', 'rest of it')).toBe(false);
  });

  it('follows the setting', () => {
    expect(wantsMultiline('never', '', '')).toBe(false);
    expect(wantsMultiline('always', 'x = ', '')).toBe(true);
  });
});
