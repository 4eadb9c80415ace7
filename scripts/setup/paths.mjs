/** Where set-up reads and writes. Everything machine-specific is derived here. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './errors.mjs';

const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const supported = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/** `<platform>-<arch>` of this machine, e.g. 'linux-x64'. */
export function platformKey(platform = process.platform, arch = process.arch) {
  const key = `${platform}-${arch}`;
  if (supported.includes(key)) return key;
  const reason =
    platform === 'darwin'
      ? 'MLX runs on Apple Silicon only; Macs with an Intel processor are not supported.'
      : 'There is no ExecuTorch library for it.';
  throw new SetupError(
    'unsupported_platform',
    `Pteron cannot run on ${key}.`,
    `${reason} Supported: ${supported.join(', ')}.`,
  );
}

function defaultCache(env, platform) {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'pteron');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pteron');
}

function defaultHome(env, platform) {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'pteron');
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'pteron');
}

/**
 * @typedef {ReturnType<typeof resolvePaths>} Paths
 * @param {NodeJS.ProcessEnv} env
 */
export function resolvePaths(
  env = process.env,
  root = repositoryRoot,
  platform = process.platform,
  arch = process.arch,
) {
  const key = platformKey(platform, arch);
  const cache = env.PTERON_CACHE || defaultCache(env, platform);
  const home = env.PTERON_HOME || defaultHome(env, platform);
  const venv = join(cache, 'venv');
  return {
    root,
    key,
    cache,
    home,
    models: join(home, 'models'),
    logs: join(cache, 'logs'),
    /** Results that belong to this working tree (node_modules, dist) are stamped in it, shared ones in the cache. */
    stamps: { tree: join(root, 'build', 'stamps'), cache: join(cache, 'stamps') },
    venv,
    python: join(venv, 'bin', 'python'),
    toolchain: join(cache, 'toolchain'),
    executorch: join(cache, `executorch-1.5.1-${key}`, 'executorch'),
    mlx: platform === 'linux' ? join(cache, `mlx-cpu-0.32.4-${key}`, 'mlx') : undefined,
    /** libmlx for NVIDIA GPUs; src/engine/native/cudaLibrary.ts finds it there. */
    cuda: join(cache, `mlx-cuda-13-0.32.4-${key}`),
    /** The Mac's libraries, on whichever machine, and what builds its addon on Linux. */
    mac: {
      executorch: join(cache, 'executorch-1.5.1-darwin-arm64', 'executorch'),
      zig: join(cache, 'zig-0.17.1', 'ziglang', 'zig'),
      zigCache: join(cache, 'zig-cache'),
      build: join(root, 'build', 'native-darwin-arm64'),
      dist: join(root, 'dist', 'native', 'darwin-arm64'),
    },
    sources: join(cache, 'sources'),
    workbench: join(cache, 'code-server-4.139.1'),
    nativeBuild: join(root, 'build', `native-${key}`),
    nativeDist: join(root, 'dist', 'native', key),
    cli: join(root, 'dist', 'cli.cjs'),
  };
}
