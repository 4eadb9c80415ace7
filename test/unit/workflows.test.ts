/** What a hosted workflow calls is there: a Mac is far away, and a typing error costs its owner an hour. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github', 'workflows');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const projects = readFileSync(join(root, 'vitest.config.ts'), 'utf8');

test.each(readdirSync(folder))('%s names scripts, projects and files that exist', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name ?? '');
  const npm = named(/npm (?:run (?:--silent )?)?([a-z]+)/g).filter((name) => !['ci', 'run'].includes(name));
  expect(npm).toEqual(expect.arrayContaining(['test', 'bench', 'package']));
  for (const name of npm) expect(Object.keys(scripts)).toContain(name);
  for (const project of named(/--project (\w+)/g)) expect(projects).toContain(`name: '${project}'`);
  for (const path of named(/node-version-file: (\S+)/g)) expect(existsSync(join(root, path))).toBe(true);
});

test('every action is pinned to a version, and the token can only read', () => {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/^actions\/[a-z-]+@v\d+$/);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  }
});
