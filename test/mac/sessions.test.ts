/** The delegate's session functions that the addon asks for by name: the official library exports every one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachO } from '../../scripts/macho/machO.mjs';
import { folder, paths } from './surroundings';

const source = readFileSync(join(paths.root, 'native', 'core', 'session_functions.cpp'), 'utf8');
const names = [...source.matchAll(/"(_ZN10executorch8backends3mlx6detail\w+)"/g)].map(([, name]) => name);

test('all ten are exported', () => {
  expect(new Set(names).size).toBe(10);
  const { exports } = readMachO(join(folder, 'libexecutorch_backend_mlx.dylib'));
  for (const name of names) expect(exports).toContain(`_${name}`);
});

test('the addon does not need one of them to load', () => {
  const { imports } = readMachO(join(folder, 'pteron.node'));
  expect(imports.filter(({ name }) => name.includes('mutable_state')).map(({ name }) => name)).toEqual([]);
});
