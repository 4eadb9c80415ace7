/**
 * Writes README.md's table of settings from package.json.
 *
 *     node scripts/generate-readme.mjs           update README.md
 *     node scripts/generate-readme.mjs --check   exit 1 if it is out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = (name) => new URL(`../${name}`, import.meta.url);
const region = /(<!-- settings:[^>]*-->\n)[^]*?(<!-- \/settings -->)/;

const showDefault = (value) => (value === '' ? '' : `\`${JSON.stringify(value)}\``);
const showValues = (setting) => (setting.enum ? ` (${setting.enum.map((value) => `\`${value}\``).join(', ')})` : '');

/** @param {Record<string, any>} properties contributes.configuration.properties */
export function settingsTable(properties) {
  const rows = Object.entries(properties).map(
    ([name, setting]) =>
      `| \`${name}\` | ${showDefault(setting.default)} | ${setting.markdownDescription}${showValues(setting)} |\n`,
  );
  return `| Setting | Default | |\n|---|---|---|\n${rows.join('')}`;
}

/** README.md's text with its table as package.json has it. */
export function withSettings(readme, manifest) {
  return readme.replace(
    region,
    (_all, begin, end) => begin + settingsTable(manifest.contributes.configuration.properties) + end,
  );
}

if (process.argv[1]?.endsWith('generate-readme.mjs')) {
  const before = readFileSync(file('README.md'), 'utf8');
  const after = withSettings(before, JSON.parse(readFileSync(file('package.json'), 'utf8')));
  if (before !== after && process.argv.includes('--check')) {
    console.error('README.md is out of date: run `node scripts/generate-readme.mjs`.');
    process.exit(1);
  }
  if (before !== after) writeFileSync(file('README.md'), after);
}
