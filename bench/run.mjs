// `npm run bench [-- --rounds 5] [-- --print]`: measures Pteron and its peer in one run and writes bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath, vsixStep } from '../scripts/package/vsix.mjs';
import { exitWithError, SetupError } from '../scripts/setup/errors.mjs';
import { plans, setUp } from '../scripts/setup/index.mjs';
import { platformKey } from '../scripts/setup/paths.mjs';
import { gemmaFile, smollm2File } from '../scripts/setup/steps/model-sources.mjs';
import { findChromium } from '../scripts/setup/steps/system-packages.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, print: { type: 'boolean', default: false } },
});
const rounds = Number(options.rounds);
const onMac = process.platform === 'darwin';
const threads = Math.min(2, availableParallelism());
const log = (line) => console.log(line);
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

function describeMachine(root) {
  return {
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    load: loadavg()[0].toFixed(1),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  };
}

/** The commit, and whether what was measured is exactly it. */
function describeRevision() {
  const changed = git('status', '--porcelain', '--', 'src', 'native', 'export', 'package.json', 'package-lock.json');
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? ' with uncommitted changes' : ''}`;
}

async function measureStart(paths, engine) {
  // These need packages that are installed by the set-up above.
  const { measureStartup } = await import('./startup.mjs');
  const models = ['gemma-3-270m', 'smollm2-135m-instruct'];
  const startup = await measureStartup({ engine, threads, home: paths.home, models, times: rounds, log });
  return { ...startup, activation: onMac ? undefined : await measureActivationTime(paths) };
}

/** In code-server, which is not made for macOS. */
async function measureActivationTime(paths) {
  const { measureActivation } = await import('./activation.mjs');
  const { workbenchPaths } = await import('../test/editor/workbench/install.mjs');
  return measureActivation({
    server: workbenchPaths(paths.workbench),
    vsix: vsixPath(paths, paths.key),
    folder: join(paths.root, 'samples'),
    executable: findChromium(),
    times: rounds,
    log,
  });
}

async function measureTyping(paths, engine) {
  const { measureKeystrokes } = await import('./keystrokes.mjs');
  const { startEngine } = await import('./engineClient.mjs');
  const running = await startEngine({ engine, threads, home: paths.home });
  try {
    const lineCounts = [200, 2000, 20_000];
    return await measureKeystrokes({
      engine: running,
      model: 'gemma-3-270m',
      root: paths.root,
      lineCounts,
      characters: 40,
      log,
    });
  } finally {
    await running.stop();
  }
}

async function main() {
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new SetupError('invalid_argument', `--rounds is ${options.rounds}.`, 'Give a whole number from 1.');
  }
  const paths = await setUp([...plans.bench, vsixStep(platformKey())]);
  const { comparePeers } = await import('./peers.mjs');
  const { makePython } = await import('./corpus.mjs');
  const engine = join(paths.root, 'dist', 'engine.cjs');
  const addon = join(paths.nativeDist, 'pteron.node');
  const peers = [];
  for (const { name, id, gguf } of [
    { name: 'Gemma 3 270M (Q4_K_M mix)', id: 'gemma-3-270m', gguf: gemmaFile(paths) },
    { name: 'SmolLM2 135M Instruct (Q4_1)', id: 'smollm2-135m-instruct', gguf: smollm2File(paths) },
  ]) {
    log(name);
    const model = join(paths.models, id);
    peers.push({ name, ...(await comparePeers({ addon, model, gguf, text: makePython(120), threads, rounds, log })) });
  }
  const { writeReport } = await import('./report.mjs');
  const report = writeReport({
    machine: describeMachine(paths.root),
    revision: describeRevision(),
    date: new Date().toISOString().slice(0, 10),
    rounds,
    peers,
    keystrokes: await measureTyping(paths, engine),
    startup: await measureStart(paths, engine),
  });
  if (options.print) console.log(report);
  else {
    writeFileSync(join(paths.root, 'bench', 'RESULTS.md'), report);
    console.log('Written to bench/RESULTS.md');
  }
}

await main().catch(exitWithError);
