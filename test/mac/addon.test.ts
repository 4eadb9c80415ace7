/** The addon for macOS as it ships: cross-compiled on Linux, built by Apple's tools on a Mac. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFolder } from '../../scripts/macho/checkFolder.mjs';
import { readMachO } from '../../scripts/macho/machO.mjs';
import { libCxx, libSystem, moreOfLibCxx } from '../../scripts/macho/systemLibraries.mjs';
import { hashText } from '../../scripts/setup/files.mjs';
import { folder, officialLibraries, onMac, paths, sdkStub, surroundings } from './surroundings';

const addon = readMachO(join(folder, 'pteron.node'));

test('every symbol is in the library that it is bound to, and nothing else stops the folder from loading', () => {
  const { problems, resolved } = checkFolder(folder, surroundings());
  expect(problems).toEqual([]);
  for (const where of [libSystem, libCxx, 'shipped', 'host']) expect(resolved[where]).toBeGreaterThan(10);
  console.log(`resolved: ${JSON.stringify(resolved)}`);
});

test('it is a Node-API addon that brings ExecuTorch, its kernels, MLX and XNNPACK', () => {
  expect(addon.exports).toContain('_napi_register_module_v1');
  const own = addon.libraries.filter((name) => name.startsWith('@rpath/'));
  expect(own.map((name) => name.slice('@rpath/libexecutorch'.length)).sort()).toEqual(
    ['.dylib', '_backend_mlx.dylib', '_backend_xnnpack.dylib', '_kernels_optimized.dylib', '_threadpool.dylib'].sort(),
  );
  expect(addon.minimumSystem).toEqual([14, 0]);
});

test('what the addon imports of itself is Node-API only', () => {
  const flat = addon.imports.filter(({ library }) => library === undefined).map(({ name }) => name);
  expect(flat.length).toBeGreaterThan(10);
  expect(flat.filter((name) => !/^_(napi|node_api)_/.test(name))).toEqual([]);
});

test('no path of the build machine is in it', () => {
  for (const path of [paths.root, paths.cache]) expect(addon.bytes.includes(path)).toBe(false);
});

test('the Metal kernels lie beside the library that looks for them there, both as ExecuTorch made them', () => {
  for (const name of ['mlx.metallib', 'libexecutorch_backend_mlx.dylib']) {
    const hash = (from: string) => hashText(readFileSync(join(from, name)));
    expect(hash(folder)).toBe(hash(officialLibraries));
  }
});

test('the C++ library of the system has what the addon needs beyond the official libraries', () => {
  const known = onMac ? sdkStub('libc++.1.tbd') : new Set(moreOfLibCxx);
  for (const name of moreOfLibCxx) expect(known).toContain(name);
  // A name that is no longer needed leaves the list again.
  if (onMac) return;
  const needed = new Set(addon.imports.filter(({ library }) => library === libCxx).map(({ name }) => name));
  for (const name of moreOfLibCxx) expect(needed).toContain(name);
});
