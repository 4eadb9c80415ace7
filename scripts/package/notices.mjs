/** ThirdPartyNotices.txt: the licences of everything that ships, read from what was really bundled and linked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../setup/files.mjs';

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Folders of the packages whose sources are in the bundles, by the bundles' source maps. */
export function bundledPackages(root) {
  const maps = ['.', 'capture', 'webview']
    .map((folder) => join(root, 'dist', folder))
    .filter(existsSync)
    .flatMap((folder) =>
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

const mitText = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

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

/** Linked into the Mac's MLX delegate, whose wheel carries ExecuTorch's own licence only. */
const insideMlxDelegate = [
  notice(
    'MLX (inside libexecutorch_backend_mlx, and mlx.metallib)',
    'MIT',
    `Copyright © 2023 Apple Inc.\n\n${mitText}`,
  ),
  notice('JSON for Modern C++ (inside MLX)', 'MIT', `Copyright (c) 2013-2025 Niels Lohmann\n\n${mitText}`),
  notice(
    'fmt (inside MLX)',
    'MIT',
    `Copyright (c) 2012 - present, Victor Zverovich and {fmt} contributors\n\n${mitText}`,
  ),
  notice(
    'metal-cpp (inside MLX)',
    'Apache-2.0',
    'Copyright © 2020-2024 Apple Inc.\nLicensed under the Apache License, Version 2.0; you may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed in binary form, "as is", without warranties or conditions of any kind.',
  ),
];

/** The libraries' licences, which differ from platform to platform. */
function platformNotices(paths, target) {
  if (target === 'darwin-arm64') {
    return [noticeOfWheel(paths.mac.executorch, 'ExecuTorch', 'BSD-3-Clause'), insideExecutorch, ...insideMlxDelegate];
  }
  const executorch = [noticeOfWheel(paths.executorch, 'ExecuTorch', 'BSD-3-Clause'), insideExecutorch];
  return paths.mlx ? [...executorch, noticeOfWheel(paths.mlx, 'MLX', 'MIT'), fortranRuntime, blas] : executorch;
}

/** @param {import('../setup/paths.mjs').Paths} paths @param {string} target */
export async function writeNotices(paths, target) {
  const parts = ['Pteron contains the following third-party software.\n', ...platformNotices(paths, target)];
  parts.push(noticeOfPackage(join(paths.root, 'node_modules', 'node-addon-api')));
  parts.push(...bundledPackages(paths.root).map(noticeOfPackage));
  await writeFileAtomic(join(paths.root, 'ThirdPartyNotices.txt'), parts.join('\n'));
}
