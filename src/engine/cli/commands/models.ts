import { type InstalledModel, summarize } from '../../models/store';
import { toPteronError } from '../../errors';
import { describeInspection, inspect } from '../../models/inspect';
import type { CliContext, CommandDefinition } from '../context';
import { formatBytes, formatTable, printJson } from '../output';

export const modelsCommand: CommandDefinition = (program, context) => {
  const models = program.command('models').description('the models on this machine');
  models
    .command('list')
    .description('what is installed')
    .option('--json', 'print one JSON array')
    .action((options: { json?: boolean }) => list(context, options));
  models
    .command('inspect')
    .description('methods, inputs, delegates, operators, parameters and size of a model or program')
    .argument('<id-or-path>', 'a model of the store, a model folder, or a .pte file')
    .option('--json', 'print one JSON object')
    .action(async (target: string, options: { json?: boolean }) => {
      const inspection = await inspect(context.registry.store, context.addon(), target);
      if (options.json) printJson(context.stdout, inspection);
      else context.stdout.write(describeInspection(inspection));
    });
};

async function list({ registry, stdout, stderr }: CliContext, options: { json?: boolean }): Promise<void> {
  const { store } = registry;
  const { models, broken } = await store.list();
  if (options.json) printJson(stdout, models.map(summarize));
  else if (models.length > 0)
    stdout.write(formatTable(['ID', 'ROLE', 'FAMILY', 'WEIGHTS', 'SIZE', 'CONTEXT'], models.map(row)));
  else stdout.write(`No model is installed in ${store.modelsFolder}.\n`);
  for (const { id, error } of broken) stderr.write(`warning: ${id}: ${toPteronError(error).toString()}\n`);
}

function row({ manifest, bytes }: InstalledModel): (string | number)[] {
  const { id, role, family, quantization, contextLength } = manifest;
  return [id, role, family, quantization, formatBytes(bytes), contextLength];
}
