/**
 * node measure.mjs ADDON PROGRAM VOCABULARY CHUNK CONTEXT: loads a program as the engine does, runs one prefill chunk and
 * eight tokens, looks at the logits, and prints one JSON object. A model that hears hears first, as much as it does at once, and
 * the chunk has that beside its tokens. A process of its own, so that its peak memory is the model's.
 */
import { createRequire } from 'node:module';

const [addonPath, path, ...numbers] = process.argv.slice(2);
const [vocabulary, chunk, context] = numbers.map(Number);
const generated = 8;
const addon = createRequire(import.meta.url)(addonPath);

const tokens = Int32Array.from({ length: chunk }, (_, i) => (i * 7919 + 13) % vocabulary);
const memory = () => addon.runtimeInfo().memory;
const seconds = (since) => (performance.now() - since) / 1000;

/** What a row of logits is like: whether all are finite, their spread, and how many of the vocabulary are the same. */
function describeLogits(values) {
  let finite = true;
  let [sum, squares] = [0, 0];
  for (const value of values) {
    finite &&= Number.isFinite(value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { finite, deviation: Math.sqrt(squares / values.length - mean * mean), distinct: new Set(values).size };
}

const floats = (shape, values) => ({ dtype: 'float32', shape, data: new Uint8Array(Float32Array.from(values).buffer) });
const framesASecond = 100;

/** The longest call of `encode`, on features like those of noise: all that was heard, and how many times as long the sound is. */
async function hear(program) {
  const encode = program.methods.find(({ name }) => name === 'encode');
  if (!encode) return {};
  const [{ shape }, position] = encode.inputs;
  const values = Array.from({ length: shape[1] * shape[2] }, (_, i) => Math.sin(i * 7.3));
  const start = { dtype: 'int64', shape: [1], data: new Uint8Array(8) };
  const begun = performance.now();
  const heard = await program.run('encode', [floats(shape, values), ...(position ? [start] : [])]);
  return { heard, hearsTimesRealTime: shape[2] / framesASecond / seconds(begun) };
}

/** The first `rows` of [1, n, width]. */
function first({ shape, data, dtype }, rows) {
  const count = Math.min(rows, shape[1]);
  return { dtype, shape: [1, count, shape[2]], data: data.slice(0, 4 * count * shape[2]) };
}

const before = memory().residentBytes;
let begun = performance.now();
const program = await addon.Program.load(path, { contextLength: context });
const loadSeconds = seconds(begun);
const method = program.methods.some(({ name }) => name === 'decode') ? 'decode' : 'forward';
const session = program.createSession({ contextLength: context, method });
const { given } = program.languageModel(method);
const { heard, hearsTimesRealTime } = await hear(program);
// Whisper's decoder is given all that was heard; Voxtral's has it beside its tokens, and Voxtral Realtime's is given its delay.
const beside = heard && method === 'forward' ? { features: { at: 0, values: first(heard[0], chunk) } } : {};
if (given.length > 0) {
  session.provide(method === 'decode' ? heard : await program.run('condition', [floats([1], [6])]));
}
begun = performance.now();
await session.prefill(tokens, beside);
const prefillSeconds = seconds(begun);
const logits = describeLogits(session.logits());
await session.decode({ maxTokens: 1 }); // drawn from the prefill's logits
begun = performance.now();
const { tokens: drawn } = await session.decode({ maxTokens: generated });
const decodeSeconds = seconds(begun);
const peakBytes = memory().peakResidentBytes - before;
session.dispose();
program.dispose();
process.stdout.write(
  JSON.stringify({
    device: addon.runtimeInfo().mlxDevice,
    loadSeconds,
    prefillTokensPerSecond: chunk / prefillSeconds,
    decodeTokensPerSecond: generated / decodeSeconds,
    peakBytes,
    tokens: drawn,
    logits,
    ...(hearsTimesRealTime === undefined ? {} : { hearsTimesRealTime }),
  }),
);
