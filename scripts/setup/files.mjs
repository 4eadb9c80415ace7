/** File helpers: hashing, and replacing a file or folder so that an interruption leaves the old one or the new one. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

export const hashText = (text) => createHash('sha256').update(text).digest('hex');

export const hashSmallFile = (path) => (existsSync(path) ? hashText(readFileSync(path)) : 'absent');

/** SHA-256 of a large file, streamed. @param {(bytes: number) => void} [onProgress] */
export async function hashFile(path, onProgress) {
  const hash = createHash('sha256');
  let done = 0;
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(block);
    onProgress?.((done += block.length));
  }
  return hash.digest('hex');
}

/** Files below `folder`, sorted, as paths relative to it; folders named in `skip` are left out. */
export async function listFiles(folder, skip = ['node_modules', '__pycache__', '.pytest_cache', 'build']) {
  const found = [];
  const walk = async (at) => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (!skip.includes(entry.name) && !entry.name.endsWith('.egg-info')) await walk(path);
      } else if (entry.isFile()) found.push(relative(folder, path).split(sep).join('/'));
    }
  };
  if (existsSync(folder)) await walk(folder);
  return found.sort();
}

/** One hash over the names and contents of everything below `folders` that `accept` takes. */
export async function hashTree(root, folders, accept = () => true) {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const file of await listFiles(join(root, folder))) {
      if (!accept(file)) continue;
      hash.update(`${folder}/${file}\0${hashText(readFileSync(join(root, folder, file)))}\n`);
    }
  }
  return hash.digest('hex');
}

/** A name beside `path` that no other run uses. Left-overs are told by `.partial-`. */
export const partialName = (path) => `${path}.partial-${process.pid}-${randomBytes(3).toString('hex')}`;

/** Writes a small file whole or not at all. */
export async function writeFileAtomic(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = partialName(path);
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Lets `fill` build `folder` under another name; it appears under its own name only when complete. */
export async function replaceFolder(folder, fill) {
  await removePartials(folder);
  const temporary = partialName(folder);
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what killed runs left beside `path`. Safe under the set-up lock only. */
export async function removePartials(path) {
  const parent = dirname(path);
  if (!existsSync(parent)) return;
  const prefix = `${path.slice(parent.length + 1)}.partial-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Bytes below `folder`; files that vanish while it counts are left out. */
export async function folderBytes(folder) {
  let total = 0;
  for (const file of await listFiles(folder, []).catch(() => [])) {
    total += (await stat(join(folder, file)).catch(() => undefined))?.size ?? 0;
  }
  return total;
}
