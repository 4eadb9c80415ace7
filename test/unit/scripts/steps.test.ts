import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePlan, plans } from '../../../scripts/setup/index.mjs';
import { resolvePaths } from '../../../scripts/setup/paths.mjs';
import * as pins from '../../../scripts/setup/pins.mjs';
import { isComplete } from '../../../scripts/setup/steps/demo-models.mjs';
import { matchesLock } from '../../../scripts/setup/steps/node-packages.mjs';
import { suites } from '../../../scripts/test/suites.mjs';
import { temporaryFolder } from './temporaryFolder';

const writeJson = (folder: string, name: string, value: unknown) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(value));
};

test('node_modules counts as installed only where every package has the locked version', () => {
  const folder = temporaryFolder();
  const wanted = {
    '': { version: '0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/only-for-macos': { version: '1.0.0', optional: true },
  };
  writeJson(folder, 'package-lock.json', { packages: wanted });
  expect(matchesLock(folder)).toBe(false);
  const modules = join(folder, 'node_modules');
  writeJson(modules, '.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
  expect(matchesLock(folder)).toBe(true);
  writeJson(modules, '.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } });
  expect(matchesLock(folder)).toBe(false);
  writeFileSync(join(modules, '.package-lock.json'), '{"packages":{"node_');
  expect(matchesLock(folder)).toBe(false);
});

test('a model folder counts only with its program and tokenizer', () => {
  const folder = temporaryFolder();
  expect(isComplete(folder)).toBe(false);
  writeJson(folder, 'model.json', { program: 'model.pte' });
  writeFileSync(join(folder, 'tokenizer.json'), '{}');
  expect(isComplete(folder)).toBe(false);
  writeFileSync(join(folder, 'model.pte'), '');
  expect(isComplete(folder)).toBe(false);
  writeFileSync(join(folder, 'model.pte'), 'program');
  expect(isComplete(folder)).toBe(true);
});

test('steps have names of their own, and no plan runs one twice', () => {
  for (const steps of Object.values(plans)) {
    const ids = steps.map((step) => step.id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('a package is built for this platform, and for macOS also elsewhere', () => {
  const ids = (target: string) => packagePlan(target).map((step) => step.id);
  expect(ids('linux-x64')).toEqual(expect.arrayContaining(['addon', 'bundles', 'vsix-linux-x64']));
  const own = process.platform === 'darwin' ? 'addon' : 'addon-darwin-arm64';
  expect(ids('darwin-arm64')).toEqual(expect.arrayContaining([own, 'bundles', 'vsix-darwin-arm64']));
});

test('every suite’s needs are in the plan of npm test, in which order they are run', () => {
  for (const suite of suites) expect(plans.test).toEqual(expect.arrayContaining(suite.needs));
});

test('a step’s outputs lie in the cache, the store or the tree it was given', () => {
  const paths = resolvePaths({ PTERON_CACHE: '/c', PTERON_HOME: '/h' }, '/t', 'linux', 'x64');
  const outputs = [...plans.test, ...plans.bench].flatMap((step) => step.outputs?.(paths) ?? []);
  expect(outputs.length).toBeGreaterThan(10);
  expect(outputs.filter((path) => !/^\/[cht]\//.test(path))).toEqual([]);
});

test('whatever is linked or exported is pinned to a version and a SHA-256', () => {
  const all = [
    pins.executorch,
    pins.mlxCpu,
    pins.zig,
    pins.cmake,
    pins.ninja,
    ...pins.gemma.packages,
    ...pins.smollm2.packages,
  ];
  for (const pin of all) {
    expect(pin.version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const hash of pin.sha256) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  }
});
