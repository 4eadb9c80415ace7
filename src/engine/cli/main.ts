/** The command line: composes the commands and turns their failures into exit statuses. */
import { Command, CommanderError } from 'commander';
import { toPteronError } from '../errors';
import { compose } from '../compose';
import { loadAddon } from '../native/loader';
import { engineVersion } from '../version';
import { benchCommand } from './commands/bench';
import { chatCommand } from './commands/chat';
import { completeCommand } from './commands/complete';
import { doctorCommand } from './commands/doctor';
import { modelsCommand } from './commands/models';
import { runCommand } from './commands/run';
import type { CliContext } from './context';

const exitStatus = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const context: CliContext = {
    ...compose({ addon: loadAddon }),
    addon: loadAddon,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
  };
  const program = new Command('pteron').description('On-device completion and chat.').version(engineVersion);
  program.exitOverride().showHelpAfterError('(--help shows the options)');
  const commands = [doctorCommand, modelsCommand, completeCommand, chatCommand, runCommand, benchCommand];
  for (const define of commands) define(program, context);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
    if (interrupt.signal.aborted) return exitStatus.interrupted;
    process.stderr.write(`${toPteronError(error).toString()}\n`);
    return exitStatus.failure;
  } finally {
    await context.engine.dispose();
  }
  return interrupt.signal.aborted ? exitStatus.interrupted : exitStatus.ok;
}

void main(process.argv).then((status) => {
  process.exitCode = status;
});
