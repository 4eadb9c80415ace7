import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import type { ChatMessage, GenerationResult } from '../../../protocol';
import type { CliContext, CommandDefinition } from '../context';
import { addGenerationOptions, type GenerationFlags, samplingOf } from '../generationOptions';
import { printJson, summarizeTimings } from '../output';

interface ChatFlags extends GenerationFlags {
  readonly system?: string;
  readonly thinking?: boolean;
}

export const chatCommand: CommandDefinition = (program, context) => {
  const command = program.command('chat').description('one turn, or a conversation where no prompt is given');
  addGenerationOptions(command)
    .option('--system <text>', 'what the model is told beforehand')
    .option(
      '--thinking',
      'lets a reasoning model think first; its thoughts go to standard error, with --json into `thinking`',
    )
    .argument('[prompt]', 'what to answer; "-" reads it from standard input')
    .action(async (prompt: string | undefined, flags: ChatFlags) => {
      const piped = prompt === '-' || (prompt === undefined && !context.stdin.isTTY);
      const question = piped ? await readAll(context.stdin) : prompt;
      if (question === undefined) await converse(context, flags);
      else await turn(context, flags, [...opening(flags), { role: 'user', content: question }], context.signal);
    });
};

function opening({ system }: ChatFlags): ChatMessage[] {
  return system === undefined ? [] : [{ role: 'system', content: system }];
}

/** One answer, streamed as it is generated. */
async function turn(
  { engine, stdout, stderr }: CliContext,
  flags: ChatFlags,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<GenerationResult> {
  let isThinking = false;
  const onThought = (delta: string) => {
    isThinking = true;
    if (flags.json) printJson(stdout, { thought: delta });
    else stderr.write(delta);
  };
  const onText = (delta: string) => {
    if (isThinking && !flags.json) stderr.write('\n\n');
    isThinking = false;
    if (flags.json) printJson(stdout, { delta });
    else stdout.write(delta);
  };
  const live = flags.stream || !flags.json;
  const thinking = flags.thinking ? { thinking: true } : {};
  const maxTokens = flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens };
  const params = { model: flags.model, messages, sampling: samplingOf(flags), ...thinking, ...maxTokens };
  const result = await engine.chat(params, { signal, ...(live ? { onText, onThought } : {}) });
  if (flags.json) printJson(stdout, result);
  else stdout.write('\n');
  if (!flags.json && stderr.isTTY) stderr.write(`${summarizeTimings(result)}\n`);
  return result;
}

/** Reads questions until the end of input. Ctrl+C stops an answer; at the prompt it leaves. */
async function converse(context: CliContext, flags: ChatFlags): Promise<void> {
  const lines = createInterface({ input: context.stdin, output: context.stderr, prompt: '› ' });
  const messages = opening(flags);
  let answering: AbortController | undefined;
  lines.on('SIGINT', () => (answering ? answering.abort() : lines.close()));
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      answering = new AbortController();
      messages.push({ role: 'user', content: line });
      const { text } = await turn(context, flags, messages, answering.signal);
      messages.push({ role: 'assistant', content: text });
      answering = undefined;
    }
    lines.prompt();
  }
}
