/**
 * From the release of the key to the text: how long a model folder takes to recognize clips of some seconds, as JSON on stdout.
 * Bundled, as it has to run where no packages are:
 *
 *   npx esbuild bench/gpu/recognition.ts --bundle --platform=node --outfile=recognition.cjs
 *   node recognition.cjs MODEL-FOLDER SPEECH.wav[,MORE.wav …] [CLIPS, default 40] [SECONDS, default 5] [HOW, default plain]
 *
 * HOW: plain, as `pteron transcribe`; greedy, without a beam; editor, with the readings that the editor chooses from, in a Python file.
 *
 * PTERON_ADDON names the addon, PTERON_CUDA the libmlx for a GPU (env.sh sets both).
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';
import { decodeAudio, speechRate } from '../../src/engine/speech/audio/decodeAudio';
import { commandReadings } from '../../src/engine/speech/commands/commandReadings';
import type { TranscribeParams } from '../../src/engine/transcription';

const warmUps = 3;
const [folder, sounds, clips = '40', seconds = '5', how = 'plain'] = process.argv.slice(2);
const document = { languageId: 'python', text: 'def load_orders(path):\n    return read_rows(path)\n' };
const ways: Readonly<Record<string, Partial<TranscribeParams>>> = {
  plain: {},
  greedy: { beam: 1 },
  editor: { language: 'en', ...commandReadings({ document }) },
};

/** A clip of all sounds in a row, each beginning elsewhere, so that no two are alike. */
async function cutClips(paths: readonly string[], count: number, length: number): Promise<Float32Array[]> {
  const parts = await Promise.all(paths.map((path) => decodeAudio(readFileSync(path))));
  const whole = Float32Array.from(parts.flatMap((part) => [...part]));
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * 0.618034 * whole.length) % whole.length);
    return Float32Array.from({ length }, (_, n) => whole[(start + n) % whole.length]!);
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 10) / 10;
}

async function main(path: string, speech: readonly string[]): Promise<void> {
  const { id } = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')) as { id: string };
  const home = mkdtempSync(join(tmpdir(), 'pteron-recognition-'));
  mkdirSync(join(home, 'models'));
  symlinkSync(path, join(home, 'models', id));
  const { engine } = compose({ addon: loadAddon, home });
  try {
    const samples = await cutClips(speech, warmUps + Number(clips), Number(seconds) * speechRate);
    const runs = [];
    for (const clip of samples) {
      const started = performance.now();
      const { timings } = await engine.transcribe({ model: id, samples: clip, ...ways[how] });
      runs.push({ ms: performance.now() - started, ...timings });
    }
    const measured = runs.slice(warmUps);
    const median = (what: 'featuresMs' | 'encodeMs' | 'decodeMs' | 'tokens') =>
      quantile(
        measured.map((run) => run[what]),
        0.5,
      );
    const { mlxDevice: device, threads, memory } = loadAddon().runtimeInfo();
    const wall = measured.map(({ ms }) => ms);
    const parts = { featuresMs: median('featuresMs'), encodeMs: median('encodeMs'), decodeMs: median('decodeMs') };
    const result = { model: id, how, device, threads, clips: measured.length, seconds: Number(seconds) };
    const times = { p50: quantile(wall, 0.5), p95: quantile(wall, 0.95), firstMs: quantile([runs[0]!.ms], 0) };
    const rest = { tokens: median('tokens'), peakBytes: memory.peakResidentBytes };
    process.stdout.write(`${JSON.stringify({ ...result, ...times, ...parts, ...rest })}\n`);
  } finally {
    await engine.dispose();
    rmSync(home, { recursive: true, force: true });
  }
}

if (!folder || !sounds || !ways[how]) {
  process.stderr.write(
    `usage: recognition.cjs MODEL-FOLDER SPEECH.wav[,…] [CLIPS] [SECONDS] [${Object.keys(ways).join('|')}]\n`,
  );
  process.exitCode = 2;
} else {
  void main(resolve(folder), sounds.split(','));
}
