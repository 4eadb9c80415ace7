/** That the check finds what it is for: each test damages a copy of the real folder in one way. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkFolder } from '../../scripts/macho/checkFolder.mjs';
import { readMachO } from '../../scripts/macho/machO.mjs';
import { libCxx, libSystem } from '../../scripts/macho/systemLibraries.mjs';
import { readStub, writeStub } from '../../scripts/macho/textStub.mjs';
import { folder, surroundings } from './surroundings';

const around = surroundings();

function copy(): string {
  const target = mkdtempSync(join(tmpdir(), 'pteron-mac-'));
  onTestFinished(() => rmSync(target, { recursive: true, force: true }));
  cpSync(folder, target, { recursive: true });
  return target;
}

/** Changes bytes in place, as a tool would that patches a path or a name. */
function patch(file: string, from: string, to: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  bytes.write(to, at);
  writeFileSync(file, bytes);
}

test('a library that is missing', () => {
  const target = copy();
  rmSync(join(target, 'libexecutorch_backend_mlx.dylib'));
  const { problems } = checkFolder(target, around);
  expect(problems).toContain('pteron.node needs @rpath/libexecutorch_backend_mlx.dylib, which is not there');
});

test('a library that exports less', () => {
  const target = copy();
  copyFileSync(join(target, 'libexecutorch_threadpool.dylib'), join(target, 'libexecutorch_backend_xnnpack.dylib'));
  const { problems } = checkFolder(target, around);
  expect(problems).toContain('pteron.node needs @rpath/libexecutorch_backend_xnnpack.dylib, which is not there');
});

test('a symbol that the system does not have', () => {
  const system = new Map(around.system).set(libSystem, new Set(['_strlen']));
  const { problems } = checkFolder(folder, { ...around, system });
  expect(problems).toContain(`pteron.node needs _memcpy of ${libSystem}`);
  expect(problems).not.toContain(`pteron.node needs _strlen of ${libSystem}`);
});

test('a symbol that the host does not have', () => {
  const { problems } = checkFolder(folder, { ...around, host: new Set() });
  expect(problems).toContain('pteron.node needs _napi_create_object of the host');
});

test('a path of the build machine', () => {
  const target = copy();
  patch(join(target, 'pteron.node'), '@loader_path', '/builds/here');
  const { problems } = checkFolder(target, around);
  expect(problems).toContain('pteron.node looks for libraries in /builds/here');
  expect(problems).toContain('pteron.node does not look for libraries beside itself');
});

test('a file that was changed after it was signed', () => {
  const target = copy();
  const file = join(target, 'libexecutorch.dylib');
  const bytes = readFileSync(file);
  const { signature } = readMachO(file);
  bytes[(signature?.offset ?? 0) - 1] = (bytes[(signature?.offset ?? 0) - 1] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const { problems } = checkFolder(target, around);
  expect(problems).toEqual([expect.stringMatching(/^libexecutorch\.dylib was changed after it was signed/)]);
});

test('a library of another kind of machine', () => {
  const target = copy();
  const file = join(target, 'libexecutorch.dylib');
  const bytes = readFileSync(file);
  bytes.writeUInt32LE(0x01000007, 4); // x86-64
  writeFileSync(file, bytes);
  expect(() => checkFolder(target, around)).toThrow('libexecutorch.dylib is not a Mach-O file for arm64');
});

test('a stub that was written is read back', () => {
  const target = copy();
  const names = ['_a', '__ZNSt3__112basic_stringIcE', '_b$UNIX2003'];
  writeFileSync(join(target, 'x.tbd'), writeStub(libCxx, names));
  expect(readStub(join(target, 'x.tbd'))).toEqual(new Set(names));
});
