/**
 * Writes package.json's `contributes.configuration` from src/extension/settingsSchema.ts.
 *
 *     node scripts/generate-manifest.mjs           update package.json
 *     node scripts/generate-manifest.mjs --check   exit 1 if it is out of date
 */
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const manifestPath = fileURLToPath(new URL('package.json', root));

/** The schema is TypeScript, so it is compiled in memory. */
async function loadSchema() {
  const entry = fileURLToPath(new URL('src/extension/settingsSchema.ts', root));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const { configurationProperties } = await loadSchema();
const before = readFileSync(manifestPath, 'utf8');
const manifest = JSON.parse(before);
manifest.contributes ??= {};
manifest.contributes.configuration = { title: 'Pteron', properties: configurationProperties() };
const after = `${JSON.stringify(manifest, null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (before !== after) {
    console.error('package.json is out of date: run `node scripts/generate-manifest.mjs`.');
    process.exit(1);
  }
} else if (before !== after) {
  writeFileSync(manifestPath, after);
}
