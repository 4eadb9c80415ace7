/** What run.mjs measured, for bench/RESULTS.md: kept in measured.json, from where bench/report.mjs writes the section again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { show, summarize } from '../statistics.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const measuredPath = path('measured.json');
const heading = '## Speech recognition';
const labels = {
  pteron: 'Pteron, its defaults (beam 5)',
  greedy: 'Pteron, greedy',
  int8: 'faster-whisper int8, its defaults (beam 5)',
  int8greedy: 'faster-whisper int8, greedy',
  default: 'faster-whisper in its default type, beam 5',
  transformers: 'transformers, greedy',
};
const conditions = { clean: 'clean', white: 'white noise at 10 dB', babble: 'babble at 10 dB' };
const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0);

/** Sums of every side, condition and round: all that the tables need. */
export function keepMeasured({ results, ...about }, write) {
  const sides = Object.keys(labels).map((side) => {
    const own = results.filter((result) => result.side === side);
    const errors = Object.keys(conditions).map((condition) => {
      const rows = own.filter((result) => result.condition === condition && result.round === 0);
      return { condition, errors: sum(rows, (row) => row.errors), words: sum(rows, (row) => row.words) };
    });
    const speeds = Array.from({ length: about.rounds }, (_, round) => {
      const rows = own.filter((result) => result.condition === 'clean' && result.round === round);
      return sum(rows, (row) => row.seconds) / sum(rows, (row) => row.took);
    });
    const took = own.filter(({ condition }) => condition === 'clean').map((row) => row.took);
    return { side, errors, speeds, latencyMs: 1000 * summarize(took).median, parts: partsOf(own) };
  });
  const clean = results.filter(
    (result) => result.side === 'pteron' && result.round === 0 && result.condition === 'clean',
  );
  const kept = { ...about, clips: clean.length, seconds: sum(clean, (row) => row.seconds), sides };
  if (write) writeFileSync(measuredPath, `${JSON.stringify(kept, null, 1)}\n`);
  return kept;
}

/** Shares of Pteron's time. */
function partsOf(rows) {
  if (!rows[0]?.timings) return undefined;
  const of = (key) => sum(rows, ({ timings }) => timings[key]) / rows.length;
  return { featuresMs: of('featuresMs'), encodeMs: of('encodeMs'), decodeMs: of('decodeMs') };
}

const rate = ({ errors, words }) => `${((100 * errors) / words).toFixed(1)} %`;

function row({ side, errors, speeds, latencyMs }, ours) {
  const speed = summarize(speeds);
  const ratio = side === 'pteron' || side === 'greedy' ? '' : `${(summarize(ours).median / speed.median).toFixed(2)}×`;
  return `| ${labels[side]} | ${errors.map(rate).join(' | ')} | ${show(speed)} | ${latencyMs.toFixed(0)} | ${ratio} |`;
}

const busyNote =
  ' **The machine was busy with other work**: take the speeds as a first impression, and run this again on an idle one.';

/** The section's Markdown, or nothing where nothing has been measured. */
export function speechSection(measured) {
  const kept = measured ?? (existsSync(measuredPath) ? JSON.parse(readFileSync(measuredPath, 'utf8')) : undefined);
  if (!kept) return '';
  const { about, sides, clips, seconds, machine, busy, date, revision, rounds, threads } = kept;
  const [pteron] = sides;
  const { featuresMs, encodeMs, decodeMs } = pteron.parts;
  return `${heading}

Written by \`npm run bench:speech\`: ${date}, revision ${revision}; ${machine}; ${threads} threads.${busy ? busyNote : ''}
Whisper base with the same weights in all: Pteron ${about.pteron.quantization} on ${about.pteron.device}; faster-whisper ${about.int8.version} (${about.int8.backend};
by default ${about.default.backend}); transformers ${about.transformers.version} (${about.transformers.backend}). ${clips} clips, ${seconds.toFixed(0)} s
(\`bench/speech/corpus.json\`: espeak-ng's voices and recordings of Debian's pocketsphinx-testdata), as they are and with seeded noise 10 dB below the
speech; English is given, no VAD; each side in a process of its own, clip by clip by turns, ${rounds} rounds over the clean clips after one clip that is not counted.
Word errors are counted with Whisper's own English normalizer. Every window of 30 s costs the same whatever is in it: for short clips × real time says little, milliseconds a clip more.

| | WER ${Object.values(conditions).join(' | WER ')} | × real time | ms a clip | Pteron is faster by |
|---|---|---|---|---|---|---|
${sides.map((side) => row(side, pteron.speeds)).join('\n')}

Of Pteron's time a clip: features ${featuresMs.toFixed(0)} ms, encoder ${encodeMs.toFixed(0)} ms, decoder ${decodeMs.toFixed(0)} ms.
`;
}

/** Replaces the section in RESULTS.md, or puts it before that of the GPU. */
export function writeSection() {
  const results = path('../RESULTS.md');
  const before = readFileSync(results, 'utf8');
  const without = before.replace(new RegExp(`${heading}\\n[^]*?(?=\\n## |$)`), '').replace(/\n{3,}/g, '\n\n');
  const at = without.indexOf('## On an NVIDIA GPU');
  const [head, tail] = at < 0 ? [without, ''] : [without.slice(0, at), without.slice(at)];
  writeFileSync(results, `${head.trimEnd()}\n\n${speechSection()}${tail ? `\n${tail}` : ''}`);
}
