// `npm run fuzz [-- --seconds N --target T --keep]`: feeds damaged graphs and programs to the loaders with AddressSanitizer
// and UndefinedBehaviorSanitizer. Ends with status 1 after a finding, whose file and report are in build/fuzz/findings.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepCorpus } from './fuzz/corpus.mjs';
import { writeSeeds } from './fuzz/seeds.mjs';
import { isInstalled, runCommand } from './setup/command.mjs';
import { exitWithError, SetupError } from './setup/errors.mjs';
import { plans, setUp } from './setup/index.mjs';
import { mlxOpCasesFolder } from './setup/steps/mlx-op-cases.mjs';
import { cmakePath, ninjaPath } from './setup/steps/native-libraries.mjs';

/** Each gets an equal share of the time: the graph reader and both executors, then whole programs on either. */
const campaigns = [
  { name: 'graph', target: 'graph', env: {} },
  { name: 'program', target: 'program', env: { PTERON_DEVICE: 'cpu' } },
  { name: 'program-libmlx', target: 'program', env: { PTERON_DEVICE: 'cpu-libmlx' } },
];

const flags = [
  '-O1 -g1 -fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined',
  // Across libraries that are built without type information these two report what is right.
  '-fno-sanitize=vptr,function',
  // ExecuTorch reads its own tables where they lie.
  '-fno-sanitize=alignment',
].join(' ');

function readOptions() {
  const names = campaigns.map(({ name }) => name);
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '600' }, target: { type: 'string' }, keep: { type: 'boolean' } },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || (values.target && !names.includes(values.target)))
    throw new SetupError(
      'invalid_argument',
      'Options: --seconds N (whole, 1 or more), --target T, --keep.',
      `T is one of ${names.join(', ')}.`,
    );
  return {
    seconds,
    keep: values.keep,
    chosen: campaigns.filter(({ name }) => !values.target || name === values.target),
  };
}

/** @returns {string} clang++, whose run-time library holds libFuzzer */
function findClang() {
  const versions = [21, 20, 19, 18, 17, 16, 15].map((version) => `clang++-${version}`);
  const found = [process.env.PTERON_CLANG, ...versions, 'clang++'].find((name) => name && isInstalled(name));
  if (found) return found;
  throw new SetupError(
    'tool_missing',
    'libFuzzer needs clang 15 or newer.',
    'Install it, as with `apt-get install clang-19 libclang-rt-19-dev`, or name its clang++ in PTERON_CLANG.',
  );
}

async function build(paths, folder) {
  const clang = findClang();
  const run = (command, args) =>
    runCommand(command, args, { cwd: paths.root, logFile: join(paths.logs, 'fuzz.log'), env: {} });
  const definitions = {
    CMAKE_BUILD_TYPE: 'None',
    CMAKE_C_COMPILER: clang.replace('clang++', 'clang'),
    CMAKE_CXX_COMPILER: clang,
    CMAKE_CXX_FLAGS: flags,
    CMAKE_MAKE_PROGRAM: ninjaPath(paths),
    EXECUTORCH_ROOT: paths.executorch,
    MLX_ROOT: paths.mlx,
    PTERON_SANITIZE: 'address,undefined',
    PTERON_FUZZ: 'ON',
    PTERON_CPU_TESTS: 'OFF',
  };
  const defined = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  await run(cmakePath(paths), ['-S', join(paths.root, 'native'), '-B', folder, '-G', 'Ninja', ...defined]);
  const targets = ['pteron_fuzz_graph', 'pteron_fuzz_program'];
  await run(ninjaPath(paths), ['-C', folder, '-j', String(availableParallelism()), ...targets]);
}

/** @returns {boolean} whether nothing was found */
function hunt({ name, target, env }, seconds, work, paths) {
  const folder = (kind) => join(work, kind, target);
  const findings = join(work, 'findings', name);
  for (const each of [folder('corpus'), findings]) mkdirSync(each, { recursive: true });
  console.log(`\n── ${name} ${'─'.repeat(60)}`);
  const options = ['-timeout=60', '-rss_limit_mb=4096', '-print_final_stats=1', '-verbosity=1'];
  const { status } = spawnSync(
    join(work, 'native', 'fuzz', `pteron_fuzz_${target}`),
    [
      `-max_total_time=${seconds}`,
      `-artifact_prefix=${findings}/`,
      ...options,
      folder('corpus'),
      join(paths.root, 'test', 'fuzz', 'corpus', target),
      folder('seeds'),
    ],
    { cwd: work, stdio: 'inherit', env: { ...process.env, OMP_NUM_THREADS: '1', PTERON_THREADS: '1', ...env } },
  );
  return status === 0;
}

async function main() {
  const { seconds, keep, chosen } = readOptions();
  const paths = await setUp(plans.fuzz);
  const work = join(paths.root, 'build', 'fuzz');
  await build(paths, join(work, 'native'));
  writeSeeds([join(paths.root, 'test'), mlxOpCasesFolder(paths)], join(work, 'seeds'));
  rmSync(join(work, 'findings'), { recursive: true, force: true });
  const share = Math.max(1, Math.round(seconds / chosen.length));
  const clean = chosen.filter((campaign) => hunt(campaign, share, work, paths));
  if (keep) keepCorpus(work, join(paths.root, 'test', 'fuzz', 'corpus'));
  for (const { name } of chosen.filter((each) => !clean.includes(each)))
    console.log(
      `✗ ${name}: ${readdirSync(join(work, 'findings', name)).map((file) => `build/fuzz/findings/${name}/${file}`)}`,
    );
  console.log(`\n${clean.length} of ${chosen.length} without a finding, ${share} s each`);
  process.exitCode = clean.length === chosen.length ? 0 : 1;
}

await main().catch(exitWithError);
