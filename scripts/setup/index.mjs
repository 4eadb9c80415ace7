/** Which steps each command needs, in order, and the one function that runs them under the lock. */
import { join } from 'node:path';
import { stopCommands } from './command.mjs';
import { acquireLock } from './lock.mjs';
import { resolvePaths } from './paths.mjs';
import { runSteps } from './runner.mjs';
import { addon } from './steps/addon.mjs';
import { benchPeer } from './steps/bench-peer.mjs';
import { bundles } from './steps/bundles.mjs';
import { chatModel, completionModel } from './steps/demo-models.mjs';
import { mlxOpCases } from './steps/mlx-op-cases.mjs';
import { gemmaSource, smollm2Source } from './steps/model-sources.mjs';
import { executorchLibraries, mlxLibrary, toolchain } from './steps/native-libraries.mjs';
import { nodePackages } from './steps/node-packages.mjs';
import { exporterPackages, pythonEnvironment } from './steps/python-environment.mjs';
import { systemPackages, testSystemPackages } from './steps/system-packages.mjs';
import { workbench } from './steps/workbench.mjs';

const build = [
  systemPackages,
  nodePackages,
  pythonEnvironment,
  toolchain,
  executorchLibraries,
  mlxLibrary,
  addon,
  bundles,
];
const models = [exporterPackages, gemmaSource, smollm2Source, completionModel, chatModel];

/** @type {Record<'build' | 'start' | 'test' | 'bench' | 'package', import('./runner.mjs').Step[]>} */
export const plans = {
  /** Enough to load any model that is in the store. */
  build,
  start: [...build, ...models],
  test: [...build, ...models, mlxOpCases, testSystemPackages, workbench],
  bench: [...build, ...models, testSystemPackages, workbench, benchPeer],
  package: build,
};

/**
 * @param {import('./runner.mjs').Step[]} steps
 * @param {{ stream?: NodeJS.WritableStream }} [options]
 */
export async function setUp(steps, { stream = process.stdout } = {}) {
  const paths = resolvePaths();
  const release = await acquireLock(join(paths.cache, 'setup.lock'), {
    onWait: (pid) =>
      stream.write(`Another set-up is at work${pid ? ` (process ${pid})` : ''}; waiting for it to finish.\n`),
  });
  const stop = () => {
    stopCommands();
    release();
    stream.write('\ninterrupted: Set-up was stopped. Run the same command again to continue.\n');
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await runSteps(steps, paths, { stream });
  } finally {
    release();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  return paths;
}
