/**
 * Writes docs/VOICE.md's cheat sheet from the grammar, and the scores of test/voice.
 *
 *     node scripts/generate-voice.mjs           update docs/VOICE.md
 *     node scripts/generate-voice.mjs --check   exit 1 if it is out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadBundled } from './bundled.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/VOICE.md`;

/** The text with a region's content replaced. */
export function withRegion(text, name, content) {
  const region = new RegExp(`(<!-- ${name}:[^>]*-->\\n)[^]*?(<!-- /${name} -->)`);
  return text.replace(region, (_all, begin, end) => begin + content + end);
}

async function generated(before) {
  process.chdir(root);
  const { cheatSheet, scoreTable } = await loadBundled('test/unit/engine/speech/commands/voicePage.ts');
  return withRegion(withRegion(before, 'scores', await scoreTable()), 'grammar', cheatSheet());
}

if (process.argv[1]?.endsWith('generate-voice.mjs')) {
  const before = readFileSync(page, 'utf8');
  const after = await generated(before);
  if (before !== after && process.argv.includes('--check')) {
    console.error('docs/VOICE.md is out of date: run `node scripts/generate-voice.mjs`.');
    process.exit(1);
  }
  if (before !== after) writeFileSync(page, after);
}
