/** faster-whisper, which the speech benchmark measures beside Pteron, in a virtual environment of its own. */
import { join } from 'node:path';
import { hashSmallFile } from '../files.mjs';
import { describe } from './python-environment.mjs';
import { findPython } from './system-packages.mjs';

const requirements = (paths) => join(paths.root, 'bench', 'speech', 'requirements.txt');
const folder = (paths) => join(paths.cache, 'speech-peers');

/** Its Python. */
export const speechPeersPython = (paths) => join(folder(paths), 'bin', 'python');

/** @type {import('../runner.mjs').Step} */
export const speechPeers = {
  id: 'speech-peers',
  title: 'Peers of the speech benchmark',
  scope: 'cache',
  diskBytes: 600e6,
  inputs: (paths) => [hashSmallFile(requirements(paths)), findPython()?.path],
  outputs: (paths) => [speechPeersPython(paths)],
  async run({ paths, progress, command }) {
    await command(findPython().path, ['-m', 'venv', '--clear', folder(paths)]);
    const quiet = ['--disable-pip-version-check', '--no-input', '--no-compile', '--progress-bar', 'off'];
    await command(speechPeersPython(paths), ['-m', 'pip', 'install', ...quiet, '-r', requirements(paths)], {
      onLine: (line) => progress.text(describe(line)),
    });
  },
};
