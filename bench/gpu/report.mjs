/**
 * What run.sh measured, for bench/RESULTS.md: `node bench/gpu/report.mjs RESULTS-FOLDER [REVISION]` keeps the figures in measured.json, those of
 * other models as they were, and replaces the section; bench/report.mjs writes it again from there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show, summarize } from '../statistics.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const measuredPath = path('measured.json');
const heading = '## On an NVIDIA GPU';
const names = {
  'gemma3-270m': 'Gemma 3 270M',
  'qwen3-4b': 'Qwen 3 4B',
  'qwen3-coder-30b-a3b': 'Qwen 3 Coder 30B-A3B',
  'qwen3.5-35b-a3b': 'Qwen 3.5 35B-A3B',
};

function read(folder, revision = 'HEAD') {
  const text = (name) => readFileSync(join(folder, name), 'utf8').trim();
  const lines = (name) =>
    text(name)
      .split('\n')
      .map((line) => JSON.parse(line));
  const previous = existsSync(measuredPath) ? JSON.parse(readFileSync(measuredPath, 'utf8')) : undefined;
  const rounds = existsSync(join(folder, 'speed.jsonl')) ? lines('speed.jsonl') : [];
  const when = {
    date: new Date().toISOString().slice(0, 10),
    revision: execFileSync('git', ['rev-parse', '--short=12', revision], { encoding: 'utf8' }).trim(),
  };
  const measured = [...new Set(rounds.map(({ model }) => model))].map((model) => ({
    ...when,
    ...distil(model, rounds),
  }));
  const newest = (name) => [...measured, ...(previous?.models ?? [])].find(({ model }) => model === name);
  const heard = existsSync(join(folder, 'speech.jsonl'))
    ? lines('speech.jsonl').map((row) => ({ ...when, ...row }))
    : [];
  const isNew = ({ model, device }) => heard.some((row) => row.model === model && row.device === device);
  const speech = [...(previous?.speech ?? []).filter((row) => !isNew(row)), ...heard];
  return {
    ...(rounds.length > 0 ? machine(text) : { gpu: previous?.gpu, cpu: previous?.cpu, bandwidth: previous?.bandwidth }),
    models: Object.keys(names).flatMap((name) => newest(name) ?? []),
    speech,
  };
}

function machine(text) {
  const [gpu, cpu] = text('machine.txt').split('\n');
  return { gpu: gpu.trim(), cpu: cpu?.trim(), bandwidth: Number(text('bandwidth.txt')) };
}

function distil(model, rounds) {
  const of = (engine) => rounds.filter((round) => round.model === model && round.engine === engine);
  const speeds = (engine) => ({
    prefill: of(engine).map(({ prefill }) => Math.round(prefill)),
    decode: of(engine).map(({ decode }) => Math.round(decode * 10) / 10),
    answers: new Set(of(engine).map(({ tokens }) => tokens.join())).size,
  });
  const ours = of('pteron')[0].tokens;
  const theirs = of('mlx-lm')[0]?.tokens ?? null;
  const first = ours.findIndex((token, i) => token !== theirs?.[i]);
  return {
    model,
    weightBytes: of('pteron')[0].weightBytes,
    tokens: ours.length,
    agreeing: first < 0 ? ours.length : first,
    pteron: speeds('pteron'),
    peer: theirs && speeds('mlx-lm'),
  };
}

function rows({ model, weightBytes, pteron, peer }, bandwidth) {
  const row = (label, key) => {
    const ours = summarize(pteron[key]);
    if (!peer) return `| ${names[model]}, ${label} | ${show(ours)} | not measured | |`;
    const theirs = summarize(peer[key]);
    return `| ${names[model]}, ${label} | ${show(ours)} | ${show(theirs)} | ${(ours.median / theirs.median).toFixed(2)}× |`;
  };
  const share = ({ decode }) => `${((100 * summarize(decode).median * weightBytes) / bandwidth).toFixed(1)} %`;
  return [
    row('prefill of 1024 tokens, t/s', 'prefill'),
    row('decode of 128 tokens, t/s', 'decode'),
    `| ${names[model]}, share of memory bandwidth in decode | ${share(pteron)} | ${peer ? share(peer) : 'not measured'} | |`,
  ].join('\n');
}

/** The section's Markdown, or nothing where nothing has been measured. */
export function gpuSection() {
  if (!existsSync(measuredPath)) return '';
  const { gpu, cpu, bandwidth, models, speech } = JSON.parse(readFileSync(measuredPath, 'utf8'));
  const agreement = models
    .filter(({ peer }) => peer)
    .map(
      ({ model, tokens, agreeing, pteron, peer }) =>
        `${names[model]}: the first ${agreeing} of ${tokens} greedy tokens are mlx-lm's (${pteron.answers} and ${peer.answers} different answers in ${pteron.decode.length} and ${peer.decode.length} rounds)`,
    );
  const runs = models.map(({ model, date, revision }) => `${names[model]} on ${date} at revision ${revision}`);
  return `${heading}

Written by \`node bench/gpu/report.mjs\` from what \`bench/gpu/run.sh\` measured: ${gpu}; host ${cpu}.
Programs of the models' true shapes with random weights, 4 bits in groups of 64, bfloat16; mlx-lm 0.32.2 on the same libmlx
(0.32.4, CUDA 13), the same weights and token ids, greedy, by turns, two rounds a process after one that is not counted. Measured: ${runs.join('; ')}. The GPU reads ${(bandwidth / 1e12).toFixed(2)} TB/s (measured
with a plain sum); the share counts what a token reads of the weights, once. Decoding keeps the host busy, not the GPU: both sides launch hundreds of
small kernels a token.

| | Pteron | mlx-lm | Pteron is faster by |
|---|---|---|---|
${models.map((model) => rows(model, bandwidth)).join('\n')}

${agreement.join('; ')}.
Random weights leave near ties, and experts chosen by near ties: of Qwen 3.5's shape with 4 layers and 16 experts mlx-lm's logits in bfloat16
correlate by 0.77 to 0.93 with its own in float32, and ours on the CPU without rounded activations by 0.9999996 with mlx-lm's in float32 (prompts of 1 to 200 tokens).
${speech.length > 0 ? speechSection(speech) : ''}`;
}

function speechSection(rows) {
  const row = ({
    model,
    device,
    date,
    revision,
    how = 'greedy',
    clips,
    seconds,
    p50,
    p95,
    featuresMs,
    encodeMs,
    decodeMs,
    tokens,
  }) =>
    `| ${model} | ${device.replace('cuda: ', '')} | ${date}, ${revision} | ${how} | ${clips} of ${seconds} s | ${p50} | ${p95} | ${featuresMs} | ${encodeMs} | ${decodeMs} | ${tokens} |`;
  return `
From a clip's end to its text, by \`bench/gpu/recognition.ts\`, milliseconds (parts: medians), in two processes one after the other. Whisper base has its real weights in fp16; Parakeet TDT 0.6B has its true shape, random weights in bfloat16 and, by construction, a token every three frames.
Features are computed on the CPU. Whisper recognises greedily, plainly (a beam of 5, as \`pteron transcribe\` does), or as the editor asks for it: with readings to
choose from, which speech needs that is neither a command nor code of known words, as these clips; a command as it stands is decoded greedily and no further.

| Model | GPU | Measured, revision | How | Clips | p50 | p95 | Features | Encoder | Decoder | Tokens |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.map(row).join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(measuredPath, `${JSON.stringify(read(process.argv[2], process.argv[3]), null, 1)}\n`);
  const results = path('../RESULTS.md');
  const before = readFileSync(results, 'utf8').split(heading)[0].trimEnd();
  writeFileSync(results, `${before}\n\n${gpuSection()}`);
}
