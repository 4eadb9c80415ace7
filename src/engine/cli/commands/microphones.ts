import type { CliContext, CommandDefinition } from '../context';
import { formatTable, printJson } from '../output';

export const microphonesCommand: CommandDefinition = (program, context) => {
  program
    .command('microphones')
    .description('the microphones of this machine, with the ids that --microphone takes')
    .option('--json', 'print one JSON array')
    .action((flags: { readonly json?: boolean }) => listMicrophones(context, flags));
};

export async function listMicrophones(
  { engine, stdout }: CliContext,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const microphones = await engine.listMicrophones();
  if (json) return printJson(stdout, microphones);
  if (microphones.length === 0) stdout.write('There is no microphone.\n');
  else
    stdout.write(
      formatTable(
        ['ID', 'DEFAULT'],
        microphones.map(({ id, isDefault }) => [id, isDefault ? 'yes' : '']),
      ),
    );
}
