// Executes exported operator tests (generate.py) with the addon and compares as upstream does: torch.allclose with the
// class's own tolerances. Plain JavaScript without dependencies, so that a GPU machine needs no more than Node.
//
//   node test/mlx-ops/runCases.mjs CASES-FOLDER ADDON [RESULTS.json [SHARD/SHARDS]]
//
// Shards are for a GPU, where libmlx compiles kernels at their first use, which takes seconds each.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { numbersOf, readTensors } from './tensorFile.mjs';

/** Null where all outputs match, else what does not. */
function difference(expected, actual, { rtol, atol }) {
  if (expected.length !== actual.length) return `${actual.length} outputs instead of ${expected.length}`;
  for (const [index, want] of expected.entries()) {
    const got = actual[index];
    if (want.shape.join() !== got.shape.join())
      return `output ${index}: shape [${got.shape}] instead of [${want.shape}]`;
    const exact = want.dtype === 'bool' && got.dtype === 'bool';
    const wanted = numbersOf(want);
    let most = 0;
    let wrong = 0;
    numbersOf(got).forEach((value, i) => {
      const target = wanted[i];
      if (value === target) return;
      const error = Math.abs(value - target);
      // Comparisons with NaN are false: neither matches it (torch.allclose without equal_nan).
      if (!exact && Number.isFinite(target) && error <= atol + rtol * Math.abs(target)) return;
      wrong += 1;
      most = Math.max(most, Number.isNaN(error) ? Infinity : error);
    });
    if (wrong > 0)
      return `output ${index}: ${wrong} of ${wanted.length} values differ, by ${most.toExponential(2)} at most`;
  }
  return null;
}

/** Upstream's "capacity,layers,heads,dim[,ScalarType]": only the type is not the program's own affair. */
function loadOptions({ kvCache }) {
  const type = kvCache?.split(',')[4];
  return type ? { cacheDtype: { 5: 'float16', 6: 'float32', 15: 'bfloat16' }[type] } : {};
}

async function execute(addon, folder, record) {
  const program = await addon.Program.load(join(folder, record.id, 'model.pte'), loadOptions(record));
  try {
    return await program.run('forward', readTensors(join(folder, record.id, 'input.bin')));
  } finally {
    program.dispose();
  }
}

/** `{...record, error}`; error is null where the case passed. */
export async function runCase(addon, folder, record) {
  const before = record.exportError ?? record.graphError;
  if (before) return { ...record, error: `export: ${before}` };
  try {
    const actual = await execute(addon, folder, record);
    const expected = readTensors(join(folder, record.id, 'expected_output.bin'));
    return { ...record, error: record.comparisonSkipped ? null : difference(expected, actual, record) };
  } catch (error) {
    return { ...record, error: `${error.code ?? 'error'}: ${error.message}` };
  }
}

export const readCases = (folder) => JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));

async function main([folder, addonPath, resultsPath, part = '0/1']) {
  const [shard, shards] = part.split('/').map(Number);
  const addon = createRequire(import.meta.url)(resolve(addonPath));
  const results = [];
  const write = () => {
    const { mlxDevice: device } = addon.runtimeInfo();
    if (resultsPath) writeFileSync(resultsPath, JSON.stringify({ device, results }, null, 1));
    return device;
  };
  process.once('SIGTERM', () => {
    write(); // of the cases executed in time
    process.exit(143);
  });
  for (const record of readCases(folder).filter((_, i) => i % shards === shard)) {
    const started = performance.now();
    const result = await runCase(addon, folder, record);
    results.push({ ...result, milliseconds: Math.round(performance.now() - started) });
    if (result.error) console.log(`${record.id} (${record.name}): ${result.error}`);
  }
  const failed = results.filter(({ error }) => error).length;
  console.log(`${results.length - failed} of ${results.length} cases pass on ${write()}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
