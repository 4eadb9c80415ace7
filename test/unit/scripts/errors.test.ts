import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../scripts/setup/command.mjs';
import { classifyOutput } from '../../../scripts/setup/errors.mjs';
import { platformKey, resolvePaths } from '../../../scripts/setup/paths.mjs';
import { describe as describeBuild } from '../../../scripts/setup/steps/addon.mjs';
import { describe as describePip } from '../../../scripts/setup/steps/python-environment.mjs';
import { missingTools } from '../../../scripts/setup/steps/system-packages.mjs';
import { temporaryFolder } from './temporaryFolder';

test.each([
  ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 'hash_mismatch'],
  ['OSError: [Errno 28] No space left on device', 'disk_full'],
  ['npm error code ENOSPC', 'disk_full'],
  [
    "NewConnectionError('<pip…>: Failed to establish a new connection: [Errno -2] Name or service not known')",
    'network_unavailable',
  ],
  ['npm error code ENOTFOUND', 'network_unavailable'],
  ["PermissionError: [Errno 13] Permission denied: '/opt/x'", 'permission_denied'],
  ['error: expected ‘;’ before ‘}’ token', 'command_failed'],
])('%s → %s', (output, code) => {
  expect(classifyOutput(output)).toBe(code);
});

const fails = (script: string) => {
  const cwd = temporaryFolder();
  return runCommand(process.execPath, ['-e', script], { cwd, logFile: join(cwd, 'logs', 'x.log') });
};

test('a failed command is told with its last lines, its status and its log', async () => {
  await expect(fails('console.error("boom"); process.exit(3)')).rejects.toMatchObject({
    code: 'command_failed',
    message: expect.stringMatching(/status 3\)[^]*x\.log[^]*boom/),
    remedy: expect.stringContaining('run the same command again'),
  });
});

test('a command that ran out of disk is disk_full', async () => {
  await expect(fails('console.error("No space left on device"); process.exit(1)')).rejects.toMatchObject({
    code: 'disk_full',
  });
});

test('a command that does not exist is tool_missing', async () => {
  const cwd = temporaryFolder();
  await expect(runCommand('pteron-no-such-tool', [], { cwd, logFile: join(cwd, 'x.log') })).rejects.toMatchObject({
    code: 'tool_missing',
  });
});

test('missing system packages are named with the command that installs them', () => {
  const error = missingTools([{ what: 'a C++20 compiler' }], ['g++'], 'linux');
  expect(error.toString()).toContain('Missing: a C++20 compiler.');
  expect(error.toString()).toContain('sudo apt-get install g++');
  expect(missingTools([{ what: 'a C++20 compiler' }], ['g++'], 'darwin').remedy).toContain('xcode-select --install');
});

test('a Mac with an Intel processor is told so', () => {
  expect(platformKey('darwin', 'arm64')).toBe('darwin-arm64');
  expect(() => platformKey('darwin', 'x64')).toThrow(/darwin-x64/);
  try {
    platformKey('darwin', 'x64');
  } catch (error) {
    expect(error).toMatchObject({ code: 'unsupported_platform', remedy: expect.stringContaining('Intel') });
  }
});

test('macOS needs no separate libmlx and keeps its files where macOS wants them', () => {
  const mac = resolvePaths({}, '/tree', 'darwin', 'arm64');
  expect(mac.mlx).toBeUndefined();
  expect(mac.cache).toMatch(/Library\/Caches\/pteron$/);
  expect(mac.home).toMatch(/Library\/Application Support\/pteron$/);
});

test('progress lines say what a person wants to know', () => {
  expect(describePip('  Downloading torch-2.14.1-cp311-cp311-manylinux_2_28_x86_64.whl (555.0 MB)')).toBe(
    'fetching torch (555.0 MB)',
  );
  expect(describePip('Collecting numpy>=2.0')).toBe('resolving numpy');
  expect(describeBuild('[12/80] Building CXX object mlx/CMakeFiles/pteron_mlx.dir/graph.cpp.o')).toBe(
    '12 of 80 · graph.cpp',
  );
});
