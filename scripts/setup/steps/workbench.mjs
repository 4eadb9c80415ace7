/** The VS Code workbench of the editor tests, and of `npm start` where there is no desktop VS Code: code-server. */
import { join } from 'node:path';
import { hashTree } from '../files.mjs';

/** @type {import('../runner.mjs').Step} */
export const workbench = {
  id: 'workbench',
  title: 'VS Code workbench (code-server)',
  scope: 'cache',
  diskBytes: 1.5e9,
  inputs: (paths) =>
    hashTree(paths.root, ['test/editor/workbench'], (file) => /^(install\.mjs|package.*\.json)$/.test(file)),
  outputs: (paths) => [join(paths.workbench, 'node_modules', 'code-server', 'out', 'node', 'entry.js')],
  async run({ paths, command }) {
    const installer = join(paths.root, 'test', 'editor', 'workbench', 'install.mjs');
    await command(process.execPath, [installer, '--dest', paths.workbench]);
  },
};
