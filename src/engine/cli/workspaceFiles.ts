import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

const mostFiles = 5000;
const skipped = new Set(['node_modules', 'build', 'dist', 'out', 'target', '__pycache__']);

/** The files below a folder, breadth first, without hidden folders and what builds leave. */
export async function filesOf(workspace: string): Promise<string[]> {
  const [files, folders] = [[] as string[], [workspace]];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(relative(workspace, path));
      else if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name)) folders.push(path);
    }
    if (files.length >= mostFiles) break;
  }
  return files.slice(0, mostFiles);
}
