// The desktop VS Code with Pteron as it ships: unpacks the VSIX, and runs the cases in the extension host.
//
//   node test/desktop/run.mjs VSIX VSCODE-EXECUTABLE REPORT.xml
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { readZip } from '../../scripts/package/zip.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [vsix, vscodeExecutablePath, report] = process.argv.slice(2).map((path) => resolve(path));

const settings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'workbench.startupEditor': 'none',
  'git.enabled': false,
  'pteron.logLevel': 'debug',
};

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The shipped extension with the tests inside its folder: VS Code gives a file the API of the extension it lies in. */
function unpackExtension(folder) {
  for (const [name, content] of readZip(vsix)) {
    if (name.startsWith('extension/')) write(join(folder, name), content);
  }
  const tests = join(folder, 'extension', 'tests');
  for (const name of ['cases.cjs', 'index.cjs']) cpSync(join(here, name), join(tests, name));
  return { extensionDevelopmentPath: join(folder, 'extension'), extensionTestsPath: join(tests, 'index.cjs') };
}

/** Short, for VS Code puts sockets into its user data folder, whose paths may have 103 characters on macOS. */
const shortFolder = () => mkdtempSync(join(process.platform === 'darwin' ? '/tmp' : tmpdir(), 'pteron-'));

async function main() {
  const folder = shortFolder();
  try {
    const workspace = join(folder, 'project');
    write(join(workspace, 'fibonacci.py'), 'def fibonacci(n: int) -> int:\n    if n < 2:\n        return n\n    retur');
    write(join(folder, 'u', 'User', 'settings.json'), JSON.stringify(settings));
    await runTests({
      vscodeExecutablePath,
      ...unpackExtension(folder),
      extensionTestsEnv: { PTERON_REPORT: report },
      launchArgs: [
        workspace,
        ...['--user-data-dir', join(folder, 'u'), '--extensions-dir', join(folder, 'x')],
        ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--disable-telemetry'],
      ],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

await main().catch((error) => {
  console.error(String(error?.message ?? error));
  process.exitCode = 1;
});
