/** Every suite: what it needs of set-up, its command, and how its result is counted. */
import { join } from 'node:path';
import { vsixPath } from '../package/vsix.mjs';
import { plans } from '../setup/index.mjs';
import { desktopExecutable } from '../setup/steps/desktop-vscode.mjs';
import { mlxOpCases, mlxOpCasesFolder } from '../setup/steps/mlx-op-cases.mjs';
import { nodePackages } from '../setup/steps/node-packages.mjs';
import { ctestPath } from '../setup/steps/native-libraries.mjs';
import { exporterPackages } from '../setup/steps/python-environment.mjs';
import { counts, parseJunit, parseVitest, readReport } from './reports.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {import('../setup/runner.mjs').Step[]} needs
 * @property {(paths: import('../setup/paths.mjs').Paths, report: string) => { command: string, args: string[], env?: Record<string, string> }} run
 * @property {(report: string, status: number) => import('./reports.mjs').Counts} count
 */

const bin = (paths, name) => join(paths.root, 'node_modules', '.bin', name);

/** A check without tests of its own counts as one. @returns {Suite} */
const check = (name, tool, args) => ({
  name,
  needs: [nodePackages],
  run: (paths) => ({ command: bin(paths, tool), args }),
  count: (_report, status) => (status === 0 ? counts(1) : counts(0, 1, 0, [name])),
});

/** @returns {Suite} */
const vitest = (name, needs) => ({
  name,
  needs,
  run: (paths, report) => ({
    command: bin(paths, 'vitest'),
    args: ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  }),
  count: (report, status) => readReport(report, parseVitest, status),
});

/** @type {Suite} */
const kernels = {
  name: 'cpp',
  needs: plans.build,
  run: (paths, report) => ({
    command: ctestPath(paths),
    args: ['--test-dir', paths.nativeBuild, '--output-on-failure', '--no-tests=error', '--output-junit', report],
  }),
  count: (report, status) => readReport(report, parseJunit, status),
};

/** @type {Suite} */
const exporter = {
  name: 'export',
  needs: plans.start,
  run: (paths, report) => ({
    command: paths.python,
    args: ['-m', 'pytest', join(paths.root, 'export', 'tests'), '-q', `--junitxml=${report}`],
    env: { PYTHONPATH: join(paths.root, 'export'), PYTHONDONTWRITEBYTECODE: '1', HF_HUB_OFFLINE: '1' },
  }),
  count: (report, status) => readReport(report, parseJunit, status),
};

/** @type {Suite} */
const mlxOps = {
  ...vitest('mlx-ops', [...plans.build, exporterPackages, mlxOpCases]),
  run: (paths, report) => ({
    ...vitest('mlx-ops', []).run(paths, report),
    env: { PTERON_MLX_OP_CASES: mlxOpCasesFolder(paths) },
  }),
};

/** The extension in the desktop VS Code, of which Linux has none in its registries. @type {Suite} */
const desktop = {
  name: 'desktop',
  needs: plans.test,
  run: (paths, report) => ({
    command: process.execPath,
    args: [
      join(paths.root, 'test', 'desktop', 'run.mjs'),
      vsixPath(paths, 'darwin-arm64'),
      desktopExecutable(paths),
      report,
    ],
  }),
  count: (report, status) => readReport(report, parseJunit, status),
};

/** In the order that fails soonest. @type {Suite[]} */
export const suites = [
  check('eslint', 'eslint', ['.']),
  check('prettier', 'prettier', ['--check', '.']),
  check('typecheck', 'tsc', ['--noEmit']),
  vitest('unit', [nodePackages]),
  vitest('protocol', [nodePackages]),
  kernels,
  vitest('native', plans.build),
  vitest('mac', plans.mac),
  exporter,
  mlxOps,
  vitest('models', plans.sound),
  process.platform === 'darwin' ? desktop : vitest('editor', plans.test),
];
