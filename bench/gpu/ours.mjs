// Pteron's addon on a filled program: prefill and decode, as JSON on stdout.
//
//   node ours.mjs ADDON PROGRAM.pte LAYOUT.json PROMPT-TOKENS GENERATED-TOKENS ROUNDS
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [addonPath, programPath, layoutPath, prompt, count, rounds] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(resolve(addonPath));
const layout = JSON.parse(readFileSync(layoutPath, 'utf8'));
const ids = Array.from({ length: Number(prompt) }, (_, i) => (i * 7919 + 13) % layout.config.vocab_size);

const program = await addon.Program.load(resolve(programPath), {});
const session = program.createSession({ contextLength: layout.context });

async function measure(maxTokens) {
  session.rewind(0);
  const started = performance.now();
  await session.prefill(ids);
  let first = 0;
  const { tokens } = await session.decode({
    maxTokens,
    onToken: () => {
      first ||= performance.now();
      return 'continue';
    },
  });
  const ended = performance.now();
  return {
    prefill: (ids.length * 1000) / (first - started),
    decode: ((tokens.length - 1) * 1000) / (ended - first),
    tokens,
  };
}

await measure(16);
const results = [];
for (let round = 0; round < Number(rounds); round += 1) results.push(await measure(Number(count)));
console.log(JSON.stringify({ engine: 'pteron', device: addon.runtimeInfo().mlxDevice, rounds: results }));
