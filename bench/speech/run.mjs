// `npm run bench:speech [-- --rounds 3] [-- --clips 20] [-- --print]`: recognition by Whisper base in Pteron and its peers → bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBundled } from '../../scripts/bundled.mjs';
import { exitWithError, SetupError } from '../../scripts/setup/errors.mjs';
import { plans, setUp } from '../../scripts/setup/index.mjs';
import { whisperFolder } from '../../scripts/setup/steps/model-sources.mjs';
import { speechPeers, speechPeersPython } from '../../scripts/setup/steps/speech-peers.mjs';
import { startWorker } from '../client.mjs';
import { startPythonPeer } from './pythonPeer.mjs';
import { keepMeasured, speechSection, writeSection } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    clips: { type: 'string', default: '1000' },
    print: { type: 'boolean', default: false },
  },
});
const [rounds, most] = [Number(options.rounds), Number(options.clips)];
const threads = 2;
const conditions = [
  { key: 'clean' },
  { key: 'white', noise: { kind: 'white', decibels: 10 } },
  { key: 'babble', noise: { kind: 'babble', decibels: 10 } },
];

/** Every clip in every condition as raw samples on disk, which all sides read alike. */
async function writeCorpus(paths, folder) {
  const { makeClip } = await loadBundled('test/speech/tools.ts');
  const specs = JSON.parse(readFileSync(join(paths.root, 'bench/speech/corpus.json'), 'utf8')).slice(0, most);
  const clips = [];
  for (const { key, noise } of conditions) {
    for (const [index, spec] of specs.entries()) {
      const { samples } = await makeClip({ ...spec, ...(noise ? { noise } : {}) }, index + 1);
      const path = join(folder, `${spec.name}.${key}.f32`);
      writeFileSync(path, new Uint8Array(samples.buffer));
      clips.push({ condition: key, name: spec.name, said: spec.text, path, seconds: samples.length / 16_000 });
    }
  }
  return clips;
}

/** A process each: started, loaded, and warmed up with one clip that is not counted. */
async function startAll(paths, scratch, first) {
  const folder = whisperFolder(paths);
  const env = {
    OMP_NUM_THREADS: String(threads),
    PTERON_THREADS: String(threads),
    PTERON_ADDON: join(paths.nativeDist, 'pteron.node'),
    PYTHONPATH: join(paths.root, 'export'),
    PYTHONDONTWRITEBYTECODE: '1',
    HF_HUB_OFFLINE: '1',
  };
  const faster = (key, compute, beam) => ({
    key,
    worker: startPythonPeer(speechPeersPython(paths), 'faster-whisper', env),
    settings: { folder, scratch: join(scratch, 'faster-whisper'), threads, compute, beam },
  });
  const pteron = (key, how) => ({
    key,
    worker: startWorker('pteron.mjs', env, import.meta.url),
    settings: { id: 'whisper-base', ...how },
  });
  const sides = [
    pteron('pteron', {}),
    pteron('greedy', { beam: 1 }),
    faster('int8', 'int8', 5),
    faster('int8greedy', 'int8', 1),
    faster('default', 'default', 5),
    { key: 'transformers', worker: startPythonPeer(paths.python, 'transformers', env), settings: { folder, threads } },
  ];
  for (const side of sides) {
    side.about = await side.worker.call('load', side.settings);
    await side.worker.call('transcribe', { path: first.path });
  }
  return sides;
}

async function measure(sides, clips) {
  const score = sides.find(({ key }) => key === 'transformers').worker;
  const results = [];
  for (let round = 0; round < rounds; round++) {
    for (const clip of round === 0 ? clips : clips.filter(({ condition }) => condition === 'clean')) {
      for (const { key, worker } of sides) {
        const { text, seconds, timings } = await worker.call('transcribe', { path: clip.path });
        const errors = await score.call('errors', { said: clip.said, heard: text });
        results.push({ round, side: key, ...clip, heard: text, took: seconds, timings, ...errors });
      }
      const last = results.slice(-sides.length).map(({ side, took }) => `${side} ${took.toFixed(2)}`);
      console.log(
        `${round + 1}/${rounds} ${clip.condition} ${clip.name} (${clip.seconds.toFixed(1)} s): ${last.join(', ')} s`,
      );
    }
  }
  return results;
}

async function main() {
  if (!Number.isInteger(rounds) || rounds < 1 || !(most >= 1)) {
    throw new SetupError('invalid_argument', '--rounds and --clips want whole numbers from 1.', 'Correct the call.');
  }
  const paths = await setUp([...plans.speech, speechPeers]);
  const load = loadavg()[0];
  const scratch = mkdtempSync(join(tmpdir(), 'pteron-bench-'));
  let sides = [];
  try {
    const clips = await writeCorpus(paths, scratch);
    sides = await startAll(paths, scratch, clips[0]);
    const measured = {
      date: new Date().toISOString().slice(0, 10),
      revision: execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim(),
      machine: `${cpus()[0].model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; load average before the run ${load.toFixed(1)}`,
      busy: load >= availableParallelism() / 2,
      threads,
      rounds,
      about: Object.fromEntries(sides.map(({ key, about }) => [key, about])),
      results: await measure(sides, clips),
    };
    if (options.print) return console.log(speechSection(keepMeasured(measured, false)));
    keepMeasured(measured, true);
    writeSection();
    console.log('Written to bench/RESULTS.md');
  } finally {
    for (const { worker } of sides) worker.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main().catch(exitWithError);
