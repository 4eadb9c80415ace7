/** The VS Code workbench of the editor tests and of `npm start` where there is no desktop VS Code: code-server. */
import { join } from 'node:path';
import { hashTree } from '../files.mjs';

const installer = (paths) => join(paths.root, 'test', 'editor', 'workbench', 'install.mjs');

/** @type {import('../runner.mjs').Step} */
export const workbench = {
  id: 'workbench',
  title: 'VS Code workbench (code-server)',
  scope: 'cache',
  diskBytes: 1.5e9,
  inputs: (paths) => hashTree(paths.root, ['test/editor/workbench'], (file) => /install|package|pin/.test(file)),
  outputs: (paths) => [paths.workbench],
  async run({ paths, command }) {
    await command(process.execPath, [installer(paths)], { env: { PTERON_CACHE: paths.cache } });
  },
};
