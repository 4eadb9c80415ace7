import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashFile, hashText, hashTree, replaceFolder, writeFileAtomic } from '../../../scripts/setup/files.mjs';
import { temporaryFolder } from './temporaryFolder';

test('a folder whose filling fails keeps its old content and leaves nothing beside it', async () => {
  const root = temporaryFolder();
  const folder = join(root, 'tools');
  await replaceFolder(folder, async (at: string) => writeFileSync(join(at, 'version'), '1'));
  await expect(
    replaceFolder(folder, async (at: string) => {
      writeFileSync(join(at, 'version'), '2');
      throw new Error('no space');
    }),
  ).rejects.toThrow('no space');
  expect(readFileSync(join(folder, 'version'), 'utf8')).toBe('1');
  expect(readdirSync(root)).toEqual(['tools']);
});

test('left-overs of killed runs are removed', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'tools.partial-1-abc'));
  await replaceFolder(join(root, 'tools'), async () => {});
  expect(readdirSync(root)).toEqual(['tools']);
});

test('a file is written whole or not at all', async () => {
  const root = temporaryFolder();
  await writeFileAtomic(join(root, 'a', 'stamp.json'), '{}');
  expect(readFileSync(join(root, 'a', 'stamp.json'), 'utf8')).toBe('{}');
  mkdirSync(join(root, 'folder', 'inside'), { recursive: true });
  await expect(writeFileAtomic(join(root, 'folder'), 'x')).rejects.toThrow();
  expect(readdirSync(root).sort()).toEqual(['a', 'folder']);
});

test('a tree’s hash follows names and contents, and skips what does not matter', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'src', 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'src', 'a.ts'), '1');
  const first = await hashTree(root, ['src']);
  writeFileSync(join(root, 'src', 'node_modules', 'b.ts'), '2');
  expect(await hashTree(root, ['src'])).toBe(first);
  writeFileSync(join(root, 'src', 'a.ts'), '2');
  expect(await hashTree(root, ['src'])).not.toBe(first);
  expect(existsSync(join(root, 'absent'))).toBe(false);
  expect(await hashTree(root, ['absent'])).toBe(hashText(''));
});

test('large files are hashed in blocks', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'big'), 'x'.repeat(3 << 20));
  let last = 0;
  expect(await hashFile(join(root, 'big'), (bytes: number) => (last = bytes))).toBe(hashText('x'.repeat(3 << 20)));
  expect(last).toBe(3 << 20);
});
