/** node-llama-cpp, which `npm run bench` measures beside Pteron. Its prebuilt binary comes as a package. */
import { join } from 'node:path';
import { npmStep } from './node-packages.mjs';

export const benchPeer = npmStep({
  id: 'bench-peer',
  title: 'Peer of the benchmark',
  folder: (paths) => join(paths.root, 'bench'),
  diskBytes: 1.2e9,
  npm: ['install', '--no-save'],
});
