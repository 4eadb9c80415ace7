// Bundles what ships: the extension, the engine it forks, the command line, and the webviews under media/.
// `node esbuild.mjs [--watch] [--minify]`
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { recorderLibraries } from './scripts/package/recorder.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: true,
  minify,
  logLevel: 'warning',
  legalComments: 'none',
};

/** Node bundles are CommonJS: the extension host requires them, and `__dirname` is where the addon lies. */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The ES builds of these packages are chosen so that unused parts are dropped.
  mainFields: ['module', 'main'],
  external: ['vscode', '*.node'],
};

function nodeBundle(entry, outfile, extra = {}) {
  return existsSync(join(root, entry)) ? [{ ...node, entryPoints: [entry], outfile, ...extra }] : [];
}

/** One bundle a `media/<view>/main.ts`, named after the view: dist/webview/<view>.js and, if it imports CSS, <view>.css. */
function webviewBundles() {
  const views = listFiles('media').filter((file) => basename(file) === 'main.ts');
  return views.map((entry) => {
    const view = dirname(entry) === 'media' ? 'main' : basename(dirname(entry));
    return {
      ...common,
      entryPoints: [{ in: entry, out: view }],
      outdir: 'dist/webview',
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      loader: { '.svg': 'text', '.ttf': 'file' },
    };
  });
}

/** Stylesheets and pages that no script imports are copied as they are. */
async function copyStaticMedia() {
  const files = listFiles('media').filter((file) => ['.css', '.html', '.ttf'].includes(extname(file)));
  for (const file of files) {
    const target = join(root, 'dist/webview', basename(file));
    if (!existsSync(target)) await cp(join(root, file), target);
  }
}

/** The exporter ships beside the command line, which runs it in a Python environment of its own; what measures and tests it does not. */
async function copyExporter() {
  rmSync(join(root, 'dist/export'), { recursive: true, force: true });
  const ships = (file) => !/(__pycache__|pteron_export\/(fixtures|full_size|parity|perplexity))$/.test(file);
  await cp(join(root, 'export/pteron_export'), join(root, 'dist/export/pteron_export'), {
    recursive: true,
    filter: ships,
  });
  await cp(join(root, 'export/requirements.txt'), join(root, 'dist/export/requirements.txt'));
}

/** The recorder's libraries of the platforms that the extension is built for, where its package looks for them. */
async function copyRecorder() {
  for (const library of Object.values(recorderLibraries)) {
    await cp(join(root, 'node_modules/@picovoice/pvrecorder-node', library), join(root, 'dist', library));
  }
}

function listFiles(folder) {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(join(root, file)).isFile());
}

const bundles = [
  ...nodeBundle('src/extension/main.ts', 'dist/extension.cjs'),
  ...nodeBundle('src/engine/main.ts', 'dist/engine.cjs'),
  // In a folder of its own: the recorder's package looks for its library in ../lib.
  ...nodeBundle('src/engine/speech/capture/main.ts', 'dist/capture/capture.cjs'),
  ...nodeBundle('src/engine/cli/main.ts', 'dist/cli.cjs', { banner: { js: '#!/usr/bin/env node' } }),
  ...webviewBundles(),
];

rmSync(join(root, 'dist/webview'), { recursive: true, force: true });
mkdirSync(join(root, 'dist/webview'), { recursive: true });
if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(bundles.map((options) => esbuild.build(options)));
  if (existsSync(join(root, 'dist/cli.cjs'))) chmodSync(join(root, 'dist/cli.cjs'), 0o755);
}
await copyStaticMedia();
await copyExporter();
await copyRecorder();
