import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coerceSetting, configurationProperties } from '../../../src/extension/settingsSchema';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('settings', () => {
  it('are in the manifest exactly as the schema says', () => {
    expect(manifest.contributes.configuration.properties).toEqual(configurationProperties());
    execFileSync(process.execPath, [join(root, 'scripts', 'generate-manifest.mjs'), '--check']);
  });

  it('fall back to the default where the user wrote something else', () => {
    expect(coerceSetting('completion.maxTokens', 32)).toBe(32);
    expect(coerceSetting('completion.maxTokens', 1e9)).toBe(64);
    expect(coerceSetting('completion.maxTokens', 'many')).toBe(64);
    expect(coerceSetting('completion.maxTokens', 10.5)).toBe(64);
    expect(coerceSetting('completion.multiline', 'sometimes')).toBe('auto');
    expect(coerceSetting('completion.languages', { python: 'yes' })).toMatchObject({ '*': true });
    expect(coerceSetting('logLevel', undefined)).toBe('info');
    expect(coerceSetting('voice.phrases', 'ship it')).toEqual([]);
    expect(coerceSetting('voice.phrases', [{ say: 5 }])).toEqual([{ say: 5 }]); // the engine says what is wrong with it
  });
});

describe('manifest', () => {
  it('contributes every command that its menus and keys name', () => {
    const commands = new Set(manifest.contributes.commands.map(({ command }: { command: string }) => command));
    const { menus, keybindings } = manifest.contributes;
    const used = [...menus['view/title'], ...menus.commandPalette, ...keybindings];
    expect(used.filter(({ command }) => !commands.has(command))).toEqual([]);
  });
});
