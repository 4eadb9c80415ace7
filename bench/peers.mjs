/** Pteron and node-llama-cpp by turns: prefill, decode, first token cold and after one more character, peak memory. */
import { startWorker } from './client.mjs';
import { summarize } from './statistics.mjs';

const promptTokens = 512;
const generatedTokens = 128;
const contextLength = 2048;

/** A cold prompt with a long answer, then the prompt with one more token at its end: what a typed character is. */
async function round(worker, prompt, candidates) {
  const cold = await worker.call('cold', { tokens: prompt, count: generatedTokens + 1 });
  if (cold.tokens.length !== generatedTokens + 1)
    throw new Error(`drew ${cold.tokens.length} tokens, not ${generatedTokens + 1}`);
  // Not the token that the answer began with: that one is in the cache already.
  const typed = candidates.find((token) => token !== cold.tokens[0]);
  const warm = await worker.call('warm', { tokens: [...prompt, typed], count: 1 });
  return {
    prefill: (1000 * promptTokens) / cold.firstMs,
    decode: (1000 * generatedTokens) / (cold.totalMs - cold.firstMs),
    coldMs: cold.firstMs,
    typedMs: warm.firstMs,
    typedTokens: warm.prefilled,
    text: cold.tokens,
  };
}

/** How many of the first tokens both drew alike: a check that both compute the same model. */
function agreement(a, b) {
  const different = a.findIndex((token, index) => token !== b[index]);
  return different < 0 ? a.length : different;
}

const collect = (rounds) =>
  Object.fromEntries(
    ['prefill', 'decode', 'coldMs', 'typedMs', 'typedTokens'].map((key) => [
      key,
      summarize(rounds.map((one) => one[key])),
    ]),
  );

/**
 * @param {{ addon: string, model: string, gguf: string, text: string, threads: number, rounds: number, log: (line: string) => void }} options
 */
export async function comparePeers({ addon, model, gguf, text, threads, rounds, log }) {
  const pteron = startWorker('pteron.mjs', { PTERON_THREADS: String(threads) });
  const peer = startWorker('peer.mjs');
  try {
    const about = {
      pteron: await pteron.call('load', { addon, model, contextLength }),
      peer: await peer.call('load', { path: gguf, threads, contextLength }),
    };
    const bos = 2; // Gemma's <bos>; both vocabularies are the GGUF's
    const tokens = await peer.call('tokenize', { text });
    const prompt = [bos, ...tokens.slice(0, promptTokens - 1)];
    const candidates = tokens.slice(promptTokens - 1, promptTokens + 8);
    const results = { pteron: [], peer: [] };
    for (const worker of [pteron, peer]) await round(worker, prompt, candidates); // warms caches up, not counted
    for (let index = 0; index < rounds; index++) {
      for (const [name, worker] of [
        ['pteron', pteron],
        ['peer', peer],
      ])
        results[name].push(await round(worker, prompt, candidates));
      const last = (name) => results[name].at(-1);
      log(
        `round ${index + 1}/${rounds}: prefill ${last('pteron').prefill.toFixed(0)} and ${last('peer').prefill.toFixed(0)} t/s, ` +
          `decode ${last('pteron').decode.toFixed(1)} and ${last('peer').decode.toFixed(1)} t/s (Pteron, peer)`,
      );
    }
    return {
      about,
      agreement: agreement(results.pteron[0].text, results.peer[0].text),
      pteron: { ...collect(results.pteron), peakBytes: await pteron.call('peak') },
      peer: { ...collect(results.peer), peakBytes: await peer.call('peak') },
    };
  } finally {
    pteron.stop();
    peer.stop();
  }
}
