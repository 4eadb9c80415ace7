/** ExecuTorch's own MLX operator tests, exported from the installed wheel into the cache: programs, inputs, expected outputs. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSmallFile } from '../files.mjs';

export const mlxOpCasesFolder = (paths) => join(paths.cache, 'mlx-op-cases');

/** @type {import('../runner.mjs').Step} */
export const mlxOpCases = {
  id: 'mlx-op-cases',
  title: "Export of upstream's operator tests",
  scope: 'cache',
  diskBytes: 200e6,
  inputs: (paths) => [
    hashSmallFile(join(paths.root, 'test', 'mlx-ops', 'generate.py')),
    hashSmallFile(join(paths.root, 'export', 'requirements.txt')),
  ],
  isWhole: (paths) => existsSync(join(mlxOpCasesFolder(paths), 'cases.json')),
  async run({ paths, progress, command }) {
    const folder = mlxOpCasesFolder(paths);
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    await command(paths.python, [join(paths.root, 'test', 'mlx-ops', 'generate.py'), fresh], {
      env: { PYTHONUNBUFFERED: '1', HF_HUB_OFFLINE: '1', PTERON_CACHE: paths.cache },
      onLine: (line) => {
        if (line.startsWith('exported ')) progress.text(line);
      },
    });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  },
};
