/** Which steps each command needs, in order, and the one function that runs them under the lock. */
import { join } from 'node:path';
import { stopCommands } from './command.mjs';
import { vsixStep } from '../package/vsix.mjs';
import { acquireLock } from './lock.mjs';
import { resolvePaths } from './paths.mjs';
import { runSteps } from './runner.mjs';
import { addon } from './steps/addon.mjs';
import { benchPeer } from './steps/bench-peer.mjs';
import { bundles } from './steps/bundles.mjs';
import { cudaLibrary } from './steps/cuda.mjs';
import { chatModel, completionModel, speechModel, vadModel } from './steps/demo-models.mjs';
import { desktopVsCode } from './steps/desktop-vscode.mjs';
import { macAddon, macExecutorchLibraries, zigCompiler } from './steps/mac-addon.mjs';
import { mlxOpCases } from './steps/mlx-op-cases.mjs';
import { gemmaSource, sileroVadSource, smollm2Source, whisperSource } from './steps/model-sources.mjs';
import { executorchLibraries, mlxLibrary, toolchain } from './steps/native-libraries.mjs';
import { nodePackages } from './steps/node-packages.mjs';
import { exporterPackages, pythonEnvironment } from './steps/python-environment.mjs';
import {
  soundSystemPackages,
  speechSystemPackages,
  systemPackages,
  testSystemPackages,
} from './steps/system-packages.mjs';
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
const onMac = process.platform === 'darwin';

/** What makes the Mac's extension on Linux; a Mac builds its own. */
const forMac = onMac
  ? [...build, vsixStep('darwin-arm64')]
  : [
      systemPackages,
      nodePackages,
      pythonEnvironment,
      toolchain,
      zigCompiler,
      macExecutorchLibraries,
      macAddon,
      bundles,
      vsixStep('darwin-arm64'),
    ];
/** The workbench that the extension is tested in: the desktop VS Code on a Mac, else code-server with a browser. */
const editor = onMac ? [desktopVsCode] : [testSystemPackages, workbench];
const models = [
  exporterPackages,
  ...[gemmaSource, smollm2Source, whisperSource, sileroVadSource],
  ...[completionModel, chatModel, speechModel, vadModel],
];

/** @type {Record<'build' | 'cuda' | 'start' | 'sound' | 'mac' | 'test' | 'speech' | 'bench' | 'fuzz', import('./runner.mjs').Step[]>} */
export const plans = {
  /** Enough to load any model that is in the store. */
  build,
  /** Runs models on an NVIDIA GPU. */
  cuda: [...build, cudaLibrary],
  start: [...build, ...models],
  /** Tests that listen to a virtual microphone. */
  sound: [...build, ...models, soundSystemPackages],
  /** The VSIX for macOS. */
  mac: forMac,
  test: [...new Set([...build, ...forMac, ...models, mlxOpCases, soundSystemPackages, ...editor])],
  /** Measures recognition. */
  speech: [...build, exporterPackages, whisperSource, speechModel, speechSystemPackages],
  bench: [...build, ...models, ...(onMac ? [] : editor), benchPeer],
  /** The fuzzers' seeds; `npm run fuzz` builds the rest. */
  fuzz: [...build, exporterPackages, mlxOpCases],
};

/** Everything up to the VSIX of a platform: this one, or macOS from Linux. */
export const packagePlan = (target) => (target === 'darwin-arm64' ? forMac : [...build, vsixStep(target)]);

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
