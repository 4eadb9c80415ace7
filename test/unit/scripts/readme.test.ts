import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withSettings } from '../../../scripts/generate-readme.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

test('README’s settings are package.json’s', () => {
  const readme = read('README.md');
  expect(readme).toContain('pteron.completion.enabled');
  expect(withSettings(readme, JSON.parse(read('package.json')))).toBe(readme);
});

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])(
  'every file that %s links to exists',
  (name) => {
    const targets = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] as string);
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  },
);

test('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap((name) =>
    [...read(name).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] as string),
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
