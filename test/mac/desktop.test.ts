/** How the desktop VS Code is started and its results come back, with a program in its place that calls what VS Code would. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package/vsix.mjs';
import { parseJunit } from '../../scripts/test/reports.mjs';
import { paths } from './surroundings';

const folder = mkdtempSync(join(tmpdir(), 'pteron-desktop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const report = join(folder, 'report.xml');

/** The extension is idle when first asked; whatever else a case wants of the workbench fails at once. */
const standIn = `#!${process.execPath}
const { existsSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const option = (name) => process.argv.find((value) => value.startsWith('--' + name + '='))?.split('=')[1];
const extension = option('extensionDevelopmentPath');
const packageJSON = require(join(extension, 'package.json'));
let asked = false;
const engineState = () => {
  if (asked) throw new Error('a <stand-in> & no workbench');
  asked = true;
  return { kind: 'stopped' };
};
const exported = { version: packageJSON.version, engineState, newestLog: () => [] };
const vscode = { extensions: { getExtension: () => ({ isActive: true, packageJSON, exports: exported }) } };
const load = Module._load;
Module._load = (request, ...others) => (request === 'vscode' ? vscode : load(request, ...others));
writeFileSync(${JSON.stringify(join(folder, 'seen.json'))}, JSON.stringify({
  main: existsSync(join(extension, packageJSON.main)),
  metal: existsSync(join(extension, 'dist/native/darwin-arm64/mlx.metallib')),
  workspace: existsSync(join(process.argv[2], 'fibonacci.py')),
  settings: existsSync(join(process.argv[process.argv.indexOf('--user-data-dir') + 1], 'User/settings.json')),
}));
require(option('extensionTestsPath')).run().then(() => process.exit(0), () => process.exit(1));
`;

let status: number | null;
beforeAll(() => {
  const executable = join(folder, 'code.cjs');
  writeFileSync(executable, standIn);
  chmodSync(executable, 0o755);
  const script = join(paths.root, 'test', 'desktop', 'run.mjs');
  ({ status } = spawnSync(process.execPath, [script, vsixPath(paths, 'darwin-arm64'), executable, report]));
});

test('VS Code gets the extension as it ships, a workspace and settings', () => {
  const seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as unknown;
  expect(seen).toEqual({ main: true, metal: true, workspace: true, settings: true });
});

test('every case is in the report, those that failed with their reason, and the exit status says so', () => {
  expect(existsSync(report)).toBe(true);
  const { passed, failed, failures } = parseJunit(readFileSync(report, 'utf8'));
  expect({ passed, failed }).toEqual({ passed: 1, failed: 5 });
  expect(failures).toContain('the engine is a process of its own, and is started again when it was killed');
  expect(readFileSync(report, 'utf8')).toContain('a &lt;stand-in> &amp; no workbench');
  expect(status).toBe(1);
});
