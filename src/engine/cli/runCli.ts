import { Command, CommanderError } from 'commander';
import { toPteronError } from '../errors';
import { engineVersion } from '../version';
import { benchCommand } from './commands/bench';
import { chatCommand } from './commands/chat';
import { commandCommand } from './commands/command';
import { completeCommand } from './commands/complete';
import { doctorCommand } from './commands/doctor';
import { exportCommand } from './commands/export';
import { listenCommand } from './commands/listen';
import { microphonesCommand } from './commands/microphones';
import { modelsCommand } from './commands/models';
import { runCommand } from './commands/run';
import { transcribeCommand } from './commands/transcribe';
import type { CliContext } from './context';

const exitStatus = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;
const commands = [
  doctorCommand,
  modelsCommand,
  completeCommand,
  chatCommand,
  commandCommand,
  exportCommand,
  runCommand,
  benchCommand,
  transcribeCommand,
  listenCommand,
  microphonesCommand,
];

/** Runs one command line (without `node` and the script) and returns its exit status; errors go to stderr, coded. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const { stdout, stderr, signal } = context;
  const program = new Command('pteron').description('On-device completion and chat.').version(engineVersion);
  // Before the commands are defined: they inherit both.
  program.exitOverride().showHelpAfterError('(--help shows the options)');
  program.configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  for (const define of commands) define(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
    if (signal.aborted) return exitStatus.interrupted;
    stderr.write(`${toPteronError(error).toString()}\n`);
    return exitStatus.failure;
  } finally {
    await context.engine.dispose();
  }
  return signal.aborted ? exitStatus.interrupted : exitStatus.ok;
}
