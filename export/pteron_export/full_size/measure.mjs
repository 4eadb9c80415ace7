/**
 * node measure.mjs ADDON PROGRAM VOCABULARY CHUNK CONTEXT: loads a program as the engine does, runs one prefill chunk and
 * eight tokens, looks at the logits, and prints one JSON object. A process of its own, so that its peak memory is the model's.
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
function describeLogits({ data }) {
  const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
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

const int64 = (shape, values) => ({
  dtype: 'int64',
  shape,
  data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

const before = memory().residentBytes;
let begun = performance.now();
const program = await addon.Program.load(path, { contextLength: context });
const loadSeconds = seconds(begun);
const session = program.createSession({ contextLength: context });
begun = performance.now();
await session.prefill(tokens);
const prefillSeconds = seconds(begun);
await session.decode({ maxTokens: 1 }); // drawn from the prefill's logits
begun = performance.now();
const { tokens: drawn } = await session.decode({ maxTokens: generated });
const decodeSeconds = seconds(begun);
const peakBytes = memory().peakResidentBytes - before;
const inputs = [int64([1, 16], tokens.slice(0, 16)), int64([1], [0]), int64([1], [15])];
const logits = program.languageModel().given.length === 0 ? (await program.run('forward', inputs))[0] : null;
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
    logits: describeLogits(logits),
  }),
);
