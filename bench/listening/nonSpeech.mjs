/**
 * Listens to 200 sounds in which nobody speaks (clips.mjs) with a speech model and what detector the store has: nothing may be
 * inserted. `node bench/listening/nonSpeech.mjs [--model ID] [--home FOLDER] [--kind NAME] [--write FILE.md]`; exit status 1 if anything is.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngine } from '../engineClient.mjs';
import { clipsOfKind, kindNames, makeClip, rate, wavOf } from './clips.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'whisper-base' },
    home: { type: 'string', default: process.env.PTERON_HOME ?? join(homedir(), '.local', 'share', 'pteron') },
    kind: { type: 'string' },
    write: { type: 'string' },
  },
});
const reasons = ['no_sound', 'too_short', 'no_speech', 'unsure'];
const folder = mkdtempSync(join(tmpdir(), 'pteron-non-speech-'));
const engine = await startEngine({
  engine: join(import.meta.dirname, '../../dist/engine.cjs'),
  threads: 2,
  home: options.home,
});
const detector = (await engine.request('models/list')).find(({ role }) => role === 'vad')?.name ?? 'the energy rule';

async function listenTo(kind, index) {
  const samples = makeClip(kind, index);
  const file = join(folder, 'clip.wav');
  writeFileSync(file, wavOf(samples));
  const result = await engine.request('voice/listen', { model: options.model, file, pace: 1000 });
  return { kind, index, seconds: samples.length / rate, ...result };
}

const results = [];
try {
  for (const kind of kindNames.filter((name) => name === (options.kind ?? name))) {
    for (let index = 0; index < clipsOfKind; index++) {
      const result = await listenTo(kind, index);
      results.push(result);
      if (result.alternatives.length > 0)
        console.error(`${kind} ${index}: inserted ${JSON.stringify(result.alternatives[0])}`);
      else if (result.nothing.reason === 'unsure') console.error(`${kind} ${index}: ${result.nothing.detail}`);
    }
    console.error(`${kind}: done`);
  }
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true });
}

const count = (kind, which) =>
  results.filter((result) => (kind === null || result.kind === kind) && which(result)).length;
const row = (name, kind) => {
  const byReason = reasons.map((reason) => count(kind, ({ nothing }) => nothing?.reason === reason));
  const inserted = count(kind, ({ alternatives }) => alternatives.length > 0);
  return `| ${[name, count(kind, () => true), ...byReason, inserted].join(' | ')} |`;
};
const table = [
  `| Kind | Clips | ${reasons.map((reason) => `\`${reason}\``).join(' | ')} | Inserted |`,
  `|---|${'--:|'.repeat(reasons.length + 2)}`,
  ...[...new Set(results.map(({ kind }) => kind))].map((kind) => row(kind, kind)),
  row('all', null),
].join('\n');
const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
const page = `${seconds.toFixed(0)} s of sound, heard by ${options.model} behind ${detector}.\n\n${table}\n`;
console.log(page);
if (options.write) writeFileSync(options.write, page);
process.exitCode = count(null, ({ alternatives }) => alternatives.length > 0) > 0 ? 1 : 0;
