/** The desktop VS Code that the tests of macOS run in, fetched and checked by @vscode/test-electron; PTERON_VSCODE names another. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../errors.mjs';
import { writeFileAtomic } from '../files.mjs';

const version = '1.139.1'; // that of code-server, in which the tests of Linux run

const folder = (paths) => join(paths.cache, `vscode-${version}`);
const record = (paths) => join(folder(paths), 'executable');

/** The program itself, inside its bundle on macOS. */
export const desktopExecutable = (paths) => process.env.PTERON_VSCODE || readFileSync(record(paths), 'utf8');

/** @type {import('../runner.mjs').Step} */
export const desktopVsCode = {
  id: 'desktop-vscode',
  title: `Desktop VS Code ${version}`,
  scope: 'cache',
  diskBytes: 1e9,
  inputs: () => version,
  outputs: (paths) => [record(paths)],
  isWhole: (paths) => existsSync(desktopExecutable(paths)),
  isCurrent: () => Boolean(process.env.PTERON_VSCODE) && existsSync(process.env.PTERON_VSCODE),
  async run({ paths, progress }) {
    const { downloadAndUnzipVSCode, ProgressReportStage } = await import('@vscode/test-electron');
    const reporter = {
      report({ stage, bytesSoFar, totalBytes }) {
        if (stage === ProgressReportStage.Downloading) progress.bytes('fetching', bytesSoFar, totalBytes);
      },
      error() {},
    };
    try {
      const executable = await downloadAndUnzipVSCode({ version, cachePath: folder(paths), reporter });
      await writeFileAtomic(record(paths), executable);
    } catch (cause) {
      throw new SetupError(
        'network_unavailable',
        `VS Code ${version} could not be fetched: ${cause.message}.`,
        'Check the connection and proxy settings, or name an installed VS Code in PTERON_VSCODE, and run the same command again.',
        { cause },
      );
    }
  },
};
