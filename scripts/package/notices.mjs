/** ThirdPartyNotices.txt: the licences of everything that ships, read from what was really bundled and linked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../setup/files.mjs';

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Folders of the packages whose sources are in the bundles, by the bundles' source maps. */
export function bundledPackages(root) {
  const maps = [join(root, 'dist'), join(root, 'dist', 'webview')].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.map'))
      .map((name) => join(folder, name)),
  );
  const sources = maps.flatMap((map) => JSON.parse(readFileSync(map, 'utf8')).sources);
  const folders = sources.map((source) => /.*(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return [...new Set(folders.filter(Boolean))].sort().map((folder) => join(root, folder));
}

function noticeOfPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return notice(`${name} ${version}`, license, readLicences(folder));
}

function readLicences(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => licenceFile.test(name)) : [];
  return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
}

/** A wheel's licence texts lie in its .dist-info folder, beside the package. */
function noticeOfWheel(packageFolder, title, kind) {
  const parent = dirname(packageFolder);
  const info = readdirSync(parent).find((name) => name.endsWith('.dist-info'));
  const texts = [join(parent, info), join(parent, info, 'licenses')].map(readLicences).filter(Boolean);
  return notice(title, kind, texts.join('\n\n'));
}

const notice = (title, kind, text) =>
  `${'='.repeat(80)}\n${title} (${kind})\n${'='.repeat(80)}\n${text || 'See the project for its licence text.'}\n`;

/** Linked into ExecuTorch's shared libraries. */
const insideExecutorch = notice(
  'XNNPACK, cpuinfo, pthreadpool, FlatBuffers (inside the ExecuTorch libraries)',
  'BSD-3-Clause, BSD-2-Clause, BSD-2-Clause, Apache-2.0',
  'Copyright (c) Facebook, Inc. and its affiliates; Copyright (c) Google LLC; Copyright (c) Georgia Institute of Technology; Copyright (c) Marat Dukhan.\nDistributed unmodified in binary form under their licences, "as is", without warranty of any kind.',
);

/** Libraries inside libmlx's wheel that are not MLX. */
const fortranRuntime = notice(
  'libgfortran, libquadmath (GCC run-time libraries)',
  'GPL-3.0 with the GCC Runtime Library Exception',
  'Distributed unmodified, as shared libraries beside libmlx. The exception permits combining them with works of any licence.\nSources: the GCC project.',
);
const blas = notice(
  'BLAS and LAPACK reference implementations',
  'BSD-3-Clause',
  'Copyright (c) 1992-2013 The University of Tennessee and The University of Tennessee Research Foundation.\nCopyright (c) 2000-2013 The University of California Berkeley. Copyright (c) 2006-2013 The University of Colorado Denver.\nAll rights reserved. Redistributed under the modified BSD licence; provided "as is", without warranty of any kind.',
);

/** @param {import('../setup/paths.mjs').Paths} paths */
export async function writeNotices(paths) {
  const parts = ['Pteron contains the following third-party software.\n'];
  parts.push(noticeOfWheel(paths.executorch, 'ExecuTorch', 'BSD-3-Clause'), insideExecutorch);
  if (paths.mlx) parts.push(noticeOfWheel(paths.mlx, 'MLX', 'MIT'), fortranRuntime, blas);
  parts.push(noticeOfPackage(join(paths.root, 'node_modules', 'node-addon-api')));
  parts.push(...bundledPackages(paths.root).map(noticeOfPackage));
  await writeFileAtomic(join(paths.root, 'ThirdPartyNotices.txt'), parts.join('\n'));
}
