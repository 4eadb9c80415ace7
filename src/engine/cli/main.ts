/** The command line: composes the commands and turns their failures into exit statuses. */
import { Command, CommanderError } from 'commander';
import { toPteronError } from '../errors';
import { resolveHome } from '../models/home';
import { ModelStore } from '../models/store';
import { loadAddon } from '../native/loader';
import { engineVersion } from '../version';
import { modelsCommand } from './commands/models';
import { runCommand } from './commands/run';
import type { CliContext } from './context';

const exitStatus = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const context: CliContext = {
    store: new ModelStore(resolveHome()),
    addon: loadAddon,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
  };
  const program = new Command('pteron').description('On-device completion and chat.').version(engineVersion);
  program.exitOverride().showHelpAfterError('(--help shows the options)');
  for (const define of [modelsCommand, runCommand]) define(program, context);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
    if (interrupt.signal.aborted) return exitStatus.interrupted;
    process.stderr.write(`${toPteronError(error).toString()}\n`);
    return exitStatus.failure;
  }
  return interrupt.signal.aborted ? exitStatus.interrupted : exitStatus.ok;
}

void main(process.argv).then((status) => {
  process.exitCode = status;
});
