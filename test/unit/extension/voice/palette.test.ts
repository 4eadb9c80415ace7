import { describe, expect, it } from 'vitest';
import { extensionCommands } from '../../../../src/extension/voice/palette';

describe('the palette of extensions', () => {
  const manifest = {
    contributes: {
      commands: [
        { command: 'a.run', title: 'Run…', category: 'A' },
        { command: 'a.hidden', title: 'Hidden' },
        { command: 'a.gone', title: 'Gone' },
        { command: 'a.localized', title: { value: 'Lokal', original: 'Local' } },
        { command: 'pteron.voice.cancel', title: 'Cancel' },
        { command: 'pteron.voice.cheatSheet', title: 'Voice Cheat Sheet' },
        { command: 5, title: 'Odd' },
        { command: 'a.untitled' },
        'nonsense',
      ],
      menus: {
        commandPalette: [
          { command: 'a.hidden', when: 'false' },
          { command: 'a.run', when: 'editorFocus' },
        ],
      },
    },
  };
  const ids = ['a.run', 'a.hidden', 'a.localized', 'a.untitled', 'pteron.voice.cancel', 'pteron.voice.cheatSheet'];
  it('has titled, available, visible commands only', () => {
    expect(extensionCommands([manifest, undefined, {}, { contributes: { commands: null } }], new Set(ids))).toEqual([
      { id: 'a.run', title: 'Run', category: 'A' },
      { id: 'a.localized', title: 'Lokal' },
      { id: 'pteron.voice.cheatSheet', title: 'Voice Cheat Sheet' },
    ]);
  });
});
