/**
 * The demo models in the store: exported from their source, verified against transformers, and put in place whole.
 * A change of the exporter or of its packages exports them again; a change of the addon does not (the tests check that).
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSmallFile, hashTree } from '../files.mjs';
import { gemma, sileroVad, smollm2, whisper } from '../pins.mjs';
import { gemmaFile, sileroVadFile, smollm2File, whisperFolder } from './model-sources.mjs';

/** Whether the folder holds what its model.json names. */
export function isComplete(folder) {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
    const tokenizer = manifest.role === 'vad' ? [] : ['tokenizer.json'];
    const files = [manifest.program, ...tokenizer, ...(manifest.data ?? [])];
    return files.every((file) => existsSync(join(folder, file)) && statSync(join(folder, file)).size > 0);
  } catch {
    return false;
  }
}

/** What killed exports of this model left: the exporter's temporary folders are named `.<id>.<random>`. */
async function removeLeftOvers(models, id) {
  for (const name of await readdir(models)) {
    if (name.startsWith(`.${id}.`)) await rm(join(models, name), { recursive: true, force: true });
  }
}

/** @returns {import('../runner.mjs').Step} */
function modelStep({ id, title, source, sourceHash, options }) {
  const folder = (paths) => join(paths.models, id);
  return {
    id: `model-${id}`,
    title,
    scope: 'cache',
    diskBytes: 1.5e9,
    diskAt: (paths) => paths.models,
    inputs: async (paths) => [
      sourceHash,
      options,
      paths.models,
      await hashTree(paths.root, ['export/pteron_export'], (file) => file.endsWith('.py')),
      hashSmallFile(join(paths.root, 'export', 'requirements.txt')),
    ],
    isWhole: (paths) => isComplete(folder(paths)),
    async run({ paths, progress, command }) {
      await mkdir(paths.models, { recursive: true });
      await removeLeftOvers(paths.models, id);
      // The exporter itself writes under another name and replaces the folder once everything is verified.
      const exporter = ['-m', 'pteron_export', source(paths), '--id', id, ...options, '--out', folder(paths)];
      await command(paths.python, exporter, {
        cwd: join(paths.root, 'export'),
        env: { PYTHONUNBUFFERED: '1', HF_HUB_OFFLINE: '1', PTERON_HOME: paths.home, PTERON_CACHE: paths.cache },
        onLine: (line) => progress.text(line),
      });
    },
  };
}

export const completionModel = modelStep({
  id: 'gemma-3-270m',
  title: 'Export of Gemma 3 270M (completion)',
  source: gemmaFile,
  sourceHash: gemma.sha256,
  options: ['--role', 'completion', '--quantize', 'keep', '--dtype', 'bf16', '--context', '8192', '--chunk', '512'],
});

export const chatModel = modelStep({
  id: 'smollm2-135m-instruct',
  title: 'Export of SmolLM2 135M Instruct (chat)',
  source: smollm2File,
  sourceHash: smollm2.sha256,
  options: ['--role', 'chat', '--quantize', 'keep', '--dtype', 'bf16', '--context', '8192', '--chunk', '512'],
});

export const speechModel = modelStep({
  id: 'whisper-base',
  title: 'Export of Whisper base (speech)',
  source: whisperFolder,
  sourceHash: whisper.sha256,
  options: ['--role', 'speech', '--quantize', 'none', '--dtype', 'fp16'],
});

export const vadModel = modelStep({
  id: 'silero-vad',
  title: 'Export of Silero VAD (voice activity)',
  source: sileroVadFile,
  sourceHash: sileroVad.sha256,
  options: ['--role', 'vad'],
});
