/**
 * Installs the pinned code-server (the real VS Code workbench, served to a browser) that the editor tests run in:
 *
 *     node test/editor/workbench/install.mjs --dest <cache>/code-server-4.139.1
 *
 * Incremental: each finished step leaves a stamp in the destination, so an interrupted run continues with the step it
 * was in, and a complete one returns at once. No package's install script runs; the only two native modules that the
 * server needs are compiled here, against the headers that the pinned Node package ships.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Where things are inside an installed destination. */
export function workbenchPaths(dest) {
  const modules = join(dest, 'node_modules');
  const nodePackage = join(modules, `node-${process.platform}-${process.arch}`);
  return {
    node: join(nodePackage, 'bin', 'node'),
    nodePackage,
    entry: join(modules, 'code-server', 'out', 'node', 'entry.js'),
    vscode: join(modules, 'code-server', 'lib', 'vscode'),
    gyp: join(modules, 'node-gyp', 'bin', 'node-gyp.js'),
  };
}

/** Runs a command quietly; its last lines are shown only if it fails. */
function quietly(command, args, cwd, env = process.env) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-4000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`${command} ${args[0]} failed (${code})\n${output}`)),
    );
  });
}

const npmInstall = (cwd, ...args) =>
  quietly('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args], cwd);

/** Node's own version decides the ABI, so the pinned Node runs node-gyp. */
function compile(paths, module) {
  const env = { ...process.env, npm_config_nodedir: paths.nodePackage, JOBS: '2' };
  const args = [paths.gyp, 'rebuild', `--nodedir=${paths.nodePackage}`];
  return quietly(paths.node, args, join(paths.vscode, 'node_modules', '@vscode', module), env);
}

function steps(dest) {
  const paths = workbenchPaths(dest);
  return [
    {
      name: 'packages',
      what: 'code-server and Node 24',
      run: async () => {
        for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(here, file), join(dest, file));
        await quietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], dest);
      },
    },
    { name: 'workbench', what: 'the workbench', run: () => npmInstall(paths.vscode, '--omit=dev') },
    {
      name: 'extensions',
      what: 'its built-in extensions',
      run: () => npmInstall(join(paths.vscode, 'extensions'), '--omit=dev'),
    },
    { name: 'spdlog', what: 'native module spdlog', run: () => compile(paths, 'spdlog') },
    { name: 'watchdog', what: 'native module native-watchdog', run: () => compile(paths, 'native-watchdog') },
  ];
}

/** Installs into `dest` what is not there yet; `log` gets one line a step. Returns workbenchPaths(dest). */
export async function installWorkbench(dest, log = console.log) {
  const supported = ['linux-x64', 'linux-arm64'];
  const host = `${process.platform}-${process.arch}`;
  if (!supported.includes(host))
    throw new Error(`the editor tests' workbench is packaged for ${supported.join(', ')}, not ${host}`);
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
  mkdirSync(dest, { recursive: true });
  const todo = steps(dest);
  for (const [index, step] of todo.entries()) {
    const stamp = join(dest, `.done-${step.name}`);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) continue;
    log(`workbench ${index + 1}/${todo.length}: ${step.what}`);
    const started = Date.now();
    await step.run();
    writeFileSync(stamp, lock);
    log(`workbench ${index + 1}/${todo.length}: done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  }
  return workbenchPaths(dest);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--dest');
  const dest = at > 0 ? process.argv[at + 1] : undefined;
  if (!dest) {
    console.error('usage: node test/editor/workbench/install.mjs --dest FOLDER');
    process.exit(2);
  }
  await installWorkbench(resolve(dest));
}
