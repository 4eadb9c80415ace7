/** The peer in a process of its own: node-llama-cpp on what Pteron runs on, with its prebuilt binary and its defaults. */
import { readFileSync } from 'node:fs';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { peakBytes, serve, since } from './worker.mjs';

let model;
let sequence;

/** The ggml CPU variant that llama.cpp picked, e.g. 'zen4' (read from the loaded libraries). */
function cpuVariant() {
  const libraries = process.report.getReport().sharedObjects;
  return /libggml-cpu-([a-z0-9.]+)\.(?:so|dylib)/.exec(libraries.join('\n'))?.[1] ?? 'unknown';
}

function peerVersion() {
  const manifest = new URL('node_modules/node-llama-cpp/package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** Feeds `tokens` into an empty or matching sequence and draws `count` tokens greedily. */
async function generate(tokens, count) {
  const start = performance.now();
  // Without its shifting of cached tokens to other positions, which approximates: both sides compute the same.
  await sequence.adaptStateToTokens(tokens, false);
  const fresh = tokens.slice(sequence.nextTokenIndex);
  const drawn = [];
  let firstMs = 0;
  for await (const token of sequence.evaluate(fresh, { temperature: 0, yieldEogToken: true })) {
    if (drawn.length === 0) firstMs = since(start);
    drawn.push(token);
    if (drawn.length === count) break;
  }
  return { firstMs, totalMs: since(start), prefilled: fresh.length, tokens: drawn };
}

serve({
  async load({ path, threads, contextLength }) {
    const start = performance.now();
    const llama = await getLlama({
      gpu: process.platform === 'darwin' ? 'metal' : false,
      build: 'never',
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
    });
    model = await llama.loadModel({ modelPath: path });
    const context = await model.createContext({
      contextSize: contextLength,
      batchSize: 512,
      threads: { ideal: threads, min: threads },
    });
    sequence = context.getSequence();
    const device = llama.gpu || `the CPU, variant ${cpuVariant()}`;
    return { loadMs: since(start), version: peerVersion(), device, threads: context.currentThreads };
  },
  tokenize: ({ text }) => model.tokenize(text),
  async cold({ tokens, count }) {
    await sequence.clearHistory();
    return generate(tokens, count);
  },
  warm: ({ tokens, count }) => generate(tokens, count),
  peak: () => peakBytes(),
});
