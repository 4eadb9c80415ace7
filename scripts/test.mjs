// `npm test [-- SUITE…]`: all set-up, then every suite (or those named); ends with one line 'N passed, N failed'.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exitWithError } from './setup/errors.mjs';
import { plans, setUp } from './setup/index.mjs';
import { formatSeconds } from './setup/progress.mjs';
import { add, counts } from './test/reports.mjs';
import { suites } from './test/suites.mjs';

/** The suites asked for; 'lint' stands for eslint and prettier. */
function chooseSuites(names) {
  const wanted = new Set(names.flatMap((name) => (name === 'lint' ? ['eslint', 'prettier'] : [name])));
  const known = suites.map((suite) => suite.name);
  const unknown = [...wanted].find((name) => !known.includes(name));
  if (unknown) {
    process.stderr.write(`invalid_argument: There is no suite '${unknown}'. Suites: lint, ${known.join(', ')}.\n`);
    process.exit(2);
  }
  return wanted.size === 0 ? suites : suites.filter((suite) => wanted.has(suite.name));
}

/** Steps in the order of the full plan, each once. */
function stepsFor(chosen) {
  const needed = new Set(chosen.flatMap((suite) => suite.needs));
  return plans.test.filter((step) => needed.has(step));
}

async function runSuite(suite, paths) {
  const report = join(paths.root, 'build', 'reports', `${suite.name}.report`);
  mkdirSync(join(paths.root, 'build', 'reports'), { recursive: true });
  rmSync(report, { force: true });
  const { command, args, env } = suite.run(paths, report);
  const started = performance.now();
  console.log(`\n── ${suite.name} ${'─'.repeat(Math.max(0, 70 - suite.name.length))}`);
  const status = await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: paths.root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PTERON_CACHE: paths.cache, PTERON_HOME: paths.home, ...env },
    });
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
  return { suite, result: suite.count(report, status), time: formatSeconds(performance.now() - started) };
}

function printSummary(results) {
  console.log(`\n── summary ${'─'.repeat(63)}`);
  for (const { suite, result, time } of results) {
    const skipped = result.skipped ? `, ${result.skipped} skipped` : '';
    console.log(
      `${suite.name.padEnd(10)} ${result.failed ? 'FAILED' : 'ok    '} ${result.passed} passed, ${result.failed} failed${skipped} in ${time}`,
    );
    for (const failure of result.failures) console.log(`             ✗ ${failure}`);
  }
}

async function main() {
  const chosen = chooseSuites(process.argv.slice(2));
  const started = performance.now();
  const paths = await setUp(stepsFor(chosen));
  const results = [];
  for (const suite of chosen) results.push(await runSuite(suite, paths));
  printSummary(results);
  const total = results.map(({ result }) => result).reduce(add, counts());
  console.log(`\nAll in ${formatSeconds(performance.now() - started)}, set-up included.`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main().catch(exitWithError);
