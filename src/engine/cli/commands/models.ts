import { Option } from 'commander';
import { type InstalledModel, summarize } from '../../models/store';
import { toPteronError } from '../../errors';
import { type AddOptions, addModel } from '../../models/add/add';
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
    .command('add')
    .description('install a copy of a model folder, or of a program that others exported, with its tokenizer')
    .argument('<path>', 'a model folder, a folder with a .pte and its tokenizer.json, or a .pte')
    .option('--id <id>', 'what to call it; by default as the folder or file')
    .addOption(
      new Option('--role <role>', 'by default chat where there is a chat template').choices(['completion', 'chat']),
    )
    .option('--tokenizer <file>', 'its tokenizer.json, if that does not lie beside the program')
    .option('--json', 'print one JSON object')
    .action((path: string, options: AddOptions & { json?: boolean }) => add(context, path, options));
  models
    .command('remove')
    .description('delete a model from this machine')
    .argument('<id>', 'an installed model')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: { json?: boolean }) => {
      await context.registry.unload(id);
      await context.registry.store.remove(id);
      if (options.json) printJson(context.stdout, { id });
      else context.stdout.write(`Removed ${id}.\n`);
    });
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

async function add(
  { registry, addon, stdout }: CliContext,
  path: string,
  { json, ...options }: AddOptions & { json?: boolean },
): Promise<void> {
  const { model, notes } = await addModel(registry.store, addon(), path, options);
  const { id, role, contextLength } = model.manifest;
  if (json) printJson(stdout, { ...summarize(model), notes });
  else {
    stdout.write(`Installed ${id}: ${role}, ${formatBytes(model.bytes)}, context ${contextLength}.\n`);
    for (const note of notes) stdout.write(`Note: ${note}\n`);
  }
}

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
