/** bench/RESULTS.md from one run's figures. */
import { gpuSection } from './gpu/report.mjs';
import { speechSection } from './speech/report.mjs';
import { show } from './statistics.mjs';

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** How many times better Pteron is: for speeds pteron ÷ peer, for times and memory peer ÷ pteron. */
const ratio = (better, worse) => `${(better / worse).toFixed(2)}×`;

function peerTable({ name, about, agreement, pteron, peer }) {
  const speed = (label, key) =>
    `| ${label} | ${show(pteron[key])} | ${show(peer[key])} | ${ratio(pteron[key].median, peer[key].median)} |`;
  const time = (label, key) =>
    `| ${label} | ${show(pteron[key])} | ${show(peer[key])} | ${ratio(peer[key].median, pteron[key].median)} |`;
  return [
    `### ${name}`,
    '',
    `Weights ${about.pteron.quantization}, activations ${about.pteron.dtype}. Of the 129 drawn tokens the first ${agreement} are the same in both.`,
    '',
    '| | Pteron | node-llama-cpp | Pteron is better by |',
    '|---|---|---|---|',
    speed('Prefill of 512 tokens, t/s', 'prefill'),
    speed('Decode of 128 tokens, t/s', 'decode'),
    time('First token of the cold prompt, ms', 'coldMs'),
    time('First token after one more typed token, ms', 'typedMs'),
    `| Tokens computed for it | ${pteron.typedTokens.median} | ${peer.typedTokens.median} | |`,
    `| Peak memory of the process | ${megabytes(pteron.peakBytes)} | ${megabytes(peer.peakBytes)} | ${ratio(peer.peakBytes, pteron.peakBytes)} |`,
  ].join('\n');
}

function keystrokeTable(rows) {
  return [
    '| Lines in the file | Prompt tokens | Cold, ms | A typed character, ms | Tokens computed for it |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ lines, promptTokens, coldMs, ms, computed }) =>
        `| ${lines} | ${promptTokens} | ${coldMs.toFixed(0)} | ${show(ms)} | ${computed.median} (${computed.min}–${computed.max}) |`,
    ),
  ].join('\n');
}

function startupTable({ ready, loads, activation }) {
  return [
    '| | ms |',
    '|---|---|',
    ...(activation ? [`| Extension activation, in code-server | ${show(activation)} |`] : []),
    `| Engine process ready, no model | ${show(ready)} |`,
    ...loads.map(({ model, ms }) => `| Load of ${model} (program mapped, tokenizer read) | ${show(ms)} |`),
  ].join('\n');
}

/** A shared machine slows both sides, and not alike: say so rather than let a ratio flatter. */
const busyNote = ({ load, cores }) =>
  Number(load) < cores / 2
    ? ''
    : `- **The machine was busy with other work**: take the figures as a first impression, and run this again on an idle one.\n`;

/** @returns {string} Markdown */
export function writeReport({ machine, revision, date, rounds, peers, keystrokes, startup }) {
  const [{ about }] = peers;
  return `# Measured

Written by \`npm run bench\`; do not edit. Medians with their range (lowest–highest).

- ${date}, revision ${revision}
- ${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; Node ${machine.node}; load average before the run ${machine.load}
- Pteron ${machine.version}: ExecuTorch ${about.pteron.executorch}, ${about.pteron.device}, ${about.pteron.threads} threads
- node-llama-cpp ${about.peer.version}: its prebuilt library for ${about.peer.device}, ${about.peer.threads} threads, its defaults
${machine.system.startsWith('Darwin') ? '' : '- No figure here was taken on a Mac.\n'}${busyNote(machine)}
## Beside the peer

The same GGUF in both, its quantization kept by Pteron's export; the same 512 token ids, greedy; each in a process of its own, by
turns, ${rounds} rounds after one that is not counted. "One more typed token": the prompt with one token added, on the cache the
answer left behind.

${peers.map(peerTable).join('\n\n')}

## A keystroke's cost against the file's length

Through the engine's protocol with the window that the extension cuts, typing into the middle of the file; each character asks for
a completion of one token. Time includes cutting, sending, tokenizing and the first token.

${keystrokeTable(keystrokes)}

## Start-up

${startupTable(startup)}

${speechSection()}
${gpuSection()}`;
}
