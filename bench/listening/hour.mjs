/**
 * A stream of an hour: speech and silence in turn, faster than it is spoken, through `pteron listen`. Memory must stay flat, and times must
 * not drift. `node bench/listening/hour.mjs [--minutes 60] [--silence 12] [--model ID] [--write FILE.md]`
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { rate, wavOf } from './clips.mjs';
import { schedule } from './schedule.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    silence: { type: 'string', default: '12' },
    model: { type: 'string', default: 'whisper-base' },
    write: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'pteron-hour-'));
const file = join(folder, 'stream.wav');
const { samples, spoken } = schedule({ seconds: 60 * Number(values.minutes), silence: Number(values.silence) });
writeFileSync(file, wavOf(samples));

const memory = [];
const heard = [];
const nothing = [];
const started = performance.now();
try {
  const args = ['listen', '--model', values.model, '--file', file, '--pace', '1000', '--json'];
  const child = spawn(process.execPath, [join(root, 'dist/cli.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line);
    if (event.type === 'nothing') nothing.push(event);
    if (event.type !== 'utterance') continue;
    heard.push(event);
    const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' }));
    memory.push({ at: event.start, megabytes: kilobytes / 1024 });
    if (heard.length % 20 === 0)
      console.error(`${(event.start / 60).toFixed(1)} min: ${(kilobytes / 1024).toFixed(0)} MB`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const tenths = (events, index) =>
  events.slice(Math.floor((events.length * index) / 10), Math.floor((events.length * (index + 1)) / 10));
const errors = heard.map(
  ({ start }) =>
    start - spoken.reduce((best, { at }) => (Math.abs(at - start) < Math.abs(best - start) ? at : best), Infinity),
);
const offset = (index) => (-1000 * median(tenths(errors, index))).toFixed(0);
const megabytes = (index) => median(tenths(memory, index).map((sample) => sample.megabytes)).toFixed(0);
const texts = new Map();
for (const { text } of heard) texts.set(text, (texts.get(text) ?? 0) + 1);
const took = (performance.now() - started) / 1000;
const page = `${values.minutes} min of sound (${spoken.length} utterances, ${values.silence} s of faint noise between them) by ${values.model}, in ${took.toFixed(0)} s.

| | first tenth | middle | last tenth |
|---|--:|--:|--:|
| An utterance begins so long before its first sample (the median) | ${offset(0)} ms | ${offset(5)} ms | ${offset(9)} ms |
| Memory of the process | ${megabytes(1)} MB (second tenth) | ${megabytes(5)} MB | ${megabytes(9)} MB |

${heard.length} utterances came, ${nothing.length} were refused, ${texts.size} different texts: ${[...texts].map(([text, times]) => `“${text}” ${times}×`).join(', ')}.
The sound file itself, held in memory for this test, is ${((6 * samples.length) / 2 ** 20).toFixed(0)} MB of it (${rate / 1000} kHz).
`;
console.log(page);
if (values.write) writeFileSync(values.write, page);
process.exitCode = heard.length === spoken.length ? 0 : 1;
