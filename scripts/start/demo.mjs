/** The terminal part of `npm start`: one completion and one chat answer, through the command line that users have. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from '../setup/errors.mjs';

const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);
const ghost = (text) => (process.stdout.isTTY ? `\x1b[30;46m${text}\x1b[0m` : `⟦${text}⟧`);
const dim = (text) => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[0m` : text);

/**
 * Runs `pteron ARGS --json --stream` and hands each text delta on.
 * @returns {Promise<{ text: string, finish: string, timings: Record<string, number> }>}
 */
async function pteron(paths, args, onDelta) {
  const child = spawn(process.execPath, [paths.cli, ...args, '--json', '--stream'], {
    cwd: paths.root,
    env: { ...process.env, PTERON_HOME: paths.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data) => (errors += data));
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  let result;
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line);
    if (message.timings) result = message;
    else if (typeof message.delta === 'string') onDelta(message.delta);
  }
  const status = await closed;
  if (status !== 0 || !result) {
    throw new SetupError('command_failed', `pteron ${args[0]} ended with status ${status}.`, errors.trim());
  }
  return result;
}

const perSecond = (count, ms) => (ms > 0 ? ((1000 * count) / ms).toFixed(1) : '–');

function describeTimings({ promptTokens, prefillMs, firstTokenMs, generatedTokens, decodeMs }) {
  return dim(
    `${promptTokens} prompt tokens at ${perSecond(promptTokens, prefillMs)} t/s · first token after ${Math.round(firstTokenMs)} ms · ` +
      `${generatedTokens} tokens at ${perSecond(generatedTokens, decodeMs)} t/s`,
  );
}

async function showCompletion(paths) {
  const file = join(paths.root, 'samples', 'fibonacci.py');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = lines.at(-1);
  console.log(
    `\n${bold('Completion')} of ${relative(paths.root, file)} by Gemma 3 270M, at the end of line ${lines.length}:\n`,
  );
  process.stdout.write(lines.slice(-6).join('\n'));
  const position = ['--line', String(lines.length), '--column', String(last.length + 1)];
  const request = [
    'complete',
    '--model',
    'gemma-3-270m',
    '--file',
    file,
    ...position,
    '--max-tokens',
    '32',
    '--temperature',
    '0',
  ];
  const { text, timings } = await pteron(paths, request, () => {});
  console.log(`${ghost(text)}\n\n${describeTimings(timings)}`);
}

async function showChat(paths) {
  const question = 'Explain in two sentences what a hash table is.';
  console.log(`\n${bold('Chat')} with SmolLM2 135M: ${question}\n`);
  const request = ['chat', '--model', 'smollm2-135m-instruct', '--max-tokens', '120', '--temperature', '0', question];
  const { timings } = await pteron(paths, request, (delta) => process.stdout.write(delta));
  console.log(`\n\n${describeTimings(timings)}`);
}

/** @param {import('../setup/paths.mjs').Paths} paths */
export async function showDemo(paths) {
  await showCompletion(paths);
  await showChat(paths);
}
