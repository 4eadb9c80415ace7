/** The VSIX for macOS: complete, with nothing of another platform, and with the files that were checked. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signatureProblem } from '../../scripts/macho/codeSignature.mjs';
import { readMachO } from '../../scripts/macho/machO.mjs';
import { recorderLibraries } from '../../scripts/package/recorder.mjs';
import { vsixPath } from '../../scripts/package/vsix.mjs';
import { folder, paths } from './surroundings';
import { readZip } from '../../scripts/package/zip.mjs';

const files = readZip(vsixPath(paths, 'darwin-arm64'));
const text = (name: string) => files.get(name)?.toString('utf8') ?? '';
const native = 'extension/dist/native/';

test('it is for Macs with Apple Silicon only', () => {
  expect(text('extension.vsixmanifest')).toContain('TargetPlatform="darwin-arm64"');
});

test('it holds the addon, its libraries and the Metal kernels, byte for byte, and no other native file', () => {
  const shipped = [...files.keys()].filter((name) => name.startsWith(native)).sort();
  const expected = readdirSync(folder).sort();
  expect(expected).toContain('mlx.metallib');
  expect(shipped).toEqual(expected.map((name) => `${native}darwin-arm64/${name}`));
  for (const name of expected) {
    expect(files.get(`${native}darwin-arm64/${name}`)?.equals(readFileSync(join(folder, name)))).toBe(true);
  }
});

test('it holds the Mac’s recorder as it was signed, and no other platform’s', () => {
  const recorders = [...files.keys()].filter((name) => name.endsWith('pv_recorder.node'));
  expect(recorders).toEqual([join('extension/dist', recorderLibraries['darwin-arm64'])]);
  const recorder = readMachO(join(paths.root, 'dist', recorderLibraries['darwin-arm64']));
  expect(files.get(recorders[0]!)!.equals(recorder.bytes)).toBe(true);
  expect(signatureProblem(recorder)).toBeUndefined();
  expect(recorder.minimumSystem![0]).toBeLessThanOrEqual(14);
});

test('it holds every bundle that the extension starts', () => {
  const manifest = JSON.parse(text('extension/package.json')) as { main: string };
  for (const name of [
    manifest.main,
    'dist/engine.cjs',
    'dist/capture/capture.cjs',
    'dist/cli.cjs',
    'dist/webview/chat.js',
  ]) {
    expect(files.get(join('extension', name))?.length).toBeGreaterThan(10_000);
  }
});

test('it names every third party whose code is inside, those of the Mac’s libraries included', () => {
  const notices = text('extension/ThirdPartyNotices.txt');
  for (const name of [
    'ExecuTorch',
    'XNNPACK',
    'MLX (inside',
    'metal-cpp',
    'node-addon-api',
    'valibot',
    '@picovoice/pvrecorder-node',
  ]) {
    expect(notices).toContain(name);
  }
  expect(notices).not.toContain('libgfortran');
  expect(text('extension/LICENSE.txt')).toContain('MIT License');
});

test('it holds no sources, tests or node_modules but the exporter, which is Python', () => {
  const exporter = 'extension/dist/export/pteron_export/';
  const stray = [...files.keys()].filter((name) =>
    /\/(src|test|tests|scripts|fixtures|parity|full_size|perplexity|node_modules|__pycache__)\/|\.(ts|map|cpp|pyc)$/.test(
      name,
    ),
  );
  expect(stray).toEqual([]);
  const python = [...files.keys()].filter((name) => name.endsWith('.py'));
  expect(python.every((name) => name.startsWith(exporter))).toBe(true);
  expect(python).toContain(`${exporter}__main__.py`);
  expect(files.has('extension/dist/export/requirements.txt')).toBe(true);
});
