/** The Python virtual environment: first empty (its pip fetches everything else), later with the exporter's packages. */
import { join } from 'node:path';
import { probe } from '../command.mjs';
import { SetupError } from '../errors.mjs';
import { hashSmallFile } from '../files.mjs';
import { findPython } from './system-packages.mjs';

/** @type {import('../runner.mjs').Step} */
export const pythonEnvironment = {
  id: 'python-environment',
  title: 'Python environment',
  scope: 'cache',
  diskBytes: 50e6,
  inputs: (paths) => [paths.venv, findPython()?.path],
  outputs: (paths) => [paths.python],
  async run({ paths, command }) {
    // Scripts in a virtual environment name its folder, so it is made in place; `--clear` empties a half-made one.
    await command(findPython().path, ['-m', 'venv', '--clear', paths.venv]);
  },
};

const sitePackages = (paths) => join(paths.venv, 'lib', `python3.${findPython()?.minor}`, 'site-packages');
const requirements = (paths) => join(paths.root, 'export', 'requirements.txt');

/** @type {import('../runner.mjs').Step} */
export const exporterPackages = {
  id: 'exporter-packages',
  title: 'Exporter packages (PyTorch, ExecuTorch)',
  scope: 'cache',
  diskBytes: process.platform === 'darwin' ? 3e9 : 9e9, // Linux gets CUDA's libraries with PyTorch
  inputs: (paths) => [hashSmallFile(requirements(paths)), findPython()?.path],
  outputs: (paths) => ['torch', 'executorch', 'transformers'].map((name) => join(sitePackages(paths), name)),
  async run({ paths, progress, command }) {
    await command(
      paths.python,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '--no-compile', // Python compiles what is really imported; all of it takes a minute
        '--progress-bar',
        'off',
        '-r',
        requirements(paths),
      ],
      { onLine: (line) => progress.text(describe(line)) },
    );
    const version = probe(paths.python, ['-c', 'import torch; print(torch.__version__)']);
    if (!version) {
      throw new SetupError(
        'command_failed',
        'PyTorch was installed but cannot be imported.',
        `Remove ${paths.venv} and run the same command again.`,
      );
    }
    return `PyTorch ${version}`;
  },
};

/** pip's lines hold whole addresses and paths; a person wants the package's name and size. */
export function describe(line) {
  const fetched = /^\s*(?:Downloading|Using cached) (\S+?)-\d\S*\.(?:whl|tar\.gz)(?:\.metadata)? \(([^)]+)\)/.exec(
    line,
  );
  if (fetched) return `fetching ${fetched[1].split('/').pop()} (${fetched[2]})`;
  const collecting = /^Collecting (\S+?)(?:[=<>!~\s]|$)/.exec(line);
  if (collecting) return `resolving ${collecting[1]}`;
  if (/^\s*(Installing collected|Attempting|Found existing|Uninstalling|Successfully)/.test(line)) return 'unpacking';
  return line.slice(0, 60);
}
