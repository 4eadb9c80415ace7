/** Pteron in a process of its own, at the layer that corresponds to the peer's: token ids in, token ids out. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { peakBytes, serve, since } from './worker.mjs';

let program;
let session;
/** Tokens whose keys and values are in the cache. */
let cached = [];

function commonPrefix(a, b) {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Feeds what the cache lacks of `tokens` and draws `count` tokens greedily. */
async function generate(tokens, count) {
  const start = performance.now();
  const reached = session.rewind(Math.min(commonPrefix(cached, tokens), tokens.length - 1));
  await session.prefill(tokens.slice(reached));
  let firstMs = 0;
  const { tokens: drawn } = await session.decode({
    maxTokens: count,
    sampling: { temperature: 0 },
    onToken() {
      firstMs ||= since(start);
      return 'continue';
    },
  });
  cached = [...tokens, ...drawn].slice(0, session.position);
  return { firstMs, totalMs: since(start), prefilled: tokens.length - reached, tokens: drawn };
}

serve({
  async load({ addon, model, contextLength }) {
    const { Program, runtimeInfo } = createRequire(import.meta.url)(addon);
    const manifest = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
    const start = performance.now();
    program = await Program.load(join(model, manifest.program));
    session = program.createSession({ contextLength });
    const loadMs = since(start);
    const { mlxDevice, threads, executorch } = runtimeInfo();
    return {
      loadMs,
      device: mlxDevice,
      threads,
      executorch,
      quantization: manifest.quantization,
      dtype: manifest.dtype,
    };
  },
  async cold({ tokens, count }) {
    session.reset();
    cached = [];
    return generate(tokens, count);
  },
  warm: ({ tokens, count }) => generate(tokens, count),
  peak: () => peakBytes(),
});
