import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { loadAddon } from '../../../../src/engine/native/loader';

const folder = mkdtempSync(join(tmpdir(), 'pteron-addon-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

it('says what to do where the addon is not there', () => {
  vi.stubEnv('PTERON_ADDON', join(folder, 'none.node'));
  expect(loadAddon).toThrow(
    expect.objectContaining({ code: 'addon_missing', remedy: expect.stringContaining('setup') }),
  );
});

it('says why an addon does not load', () => {
  const path = join(folder, 'text.node');
  writeFileSync(path, 'This is no library.');
  vi.stubEnv('PTERON_ADDON', path);
  expect(loadAddon).toThrow(expect.objectContaining({ code: 'addon_missing', message: expect.stringContaining(path) }));
});
