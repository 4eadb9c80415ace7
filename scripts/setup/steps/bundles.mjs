/** The JavaScript bundles: extension, engine, command line, webviews. */
import { join } from 'node:path';
import { hashSmallFile, hashTree } from '../files.mjs';

/** @type {import('../runner.mjs').Step} */
export const bundles = {
  id: 'bundles',
  title: 'Bundles',
  scope: 'tree',
  diskBytes: 50e6,
  diskAt: (paths) => paths.root,
  inputs: async (paths) => [
    await hashTree(paths.root, ['src', 'media']),
    await hashTree(paths.root, ['export/pteron_export'], (file) => !file.includes('__pycache__')),
    ...[
      'export/requirements.txt',
      'esbuild.mjs',
      'package-lock.json',
      'package.json',
      'scripts/package/recorder.mjs',
      'tsconfig.json',
    ].map((file) => hashSmallFile(join(paths.root, file))),
  ],
  outputs: (paths) =>
    ['extension.cjs', 'engine.cjs', 'cli.cjs', 'capture/capture.cjs'].map((file) => join(paths.root, 'dist', file)),
  async run({ command }) {
    await command(process.execPath, ['esbuild.mjs']);
  },
};
