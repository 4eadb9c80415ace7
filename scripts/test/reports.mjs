/** Counts from the reports that the test runners write. A report that is absent or empty counts as one failure. */
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts */

/** @returns {Counts} */
export const counts = (passed = 0, failed = 0, skipped = 0, failures = []) => ({ passed, failed, skipped, failures });

/** @param {Counts} a @param {Counts} b */
export const add = (a, b) =>
  counts(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped, [...a.failures, ...b.failures]);

/** vitest's JSON reporter. A file that failed to load holds no test, but is a failure. */
export function parseVitest(text) {
  const report = JSON.parse(text);
  let total = counts();
  for (const file of report.testResults ?? []) {
    const tests = file.assertionResults ?? [];
    const failed = tests.filter((test) => test.status === 'failed');
    const brokenFile = file.status === 'failed' && failed.length === 0;
    total = add(
      total,
      counts(
        tests.filter((test) => test.status === 'passed').length,
        failed.length + (brokenFile ? 1 : 0),
        tests.filter((test) => ['pending', 'skipped', 'todo', 'disabled'].includes(test.status)).length,
        brokenFile
          ? [`${file.name}: ${firstLine(file.message)}`]
          : failed.map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
      ),
    );
  }
  return total;
}

/** JUnit XML as ctest and pytest write it. ctest marks a test that did not run with a status of its own. */
export function parseJunit(xml) {
  let total = counts();
  for (const match of xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([^]*?)<\/testcase>)/g)) {
    const [, attributes, body = ''] = match;
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1] ?? '?';
    const status = /\bstatus="([^"]*)"/.exec(attributes)?.[1];
    if (/<(failure|error)\b/.test(body) || status === 'fail') total = add(total, counts(0, 1, 0, [name]));
    else if (/<skipped\b/.test(body) || status === 'notrun' || status === 'disabled')
      total = add(total, counts(0, 0, 1));
    else total = add(total, counts(1));
  }
  return total;
}

const firstLine = (text) => (text ?? '').split('\n')[0].slice(0, 200);

/**
 * @param {string} file
 * @param {(text: string) => Counts} parse
 * @param {number} status the runner's exit status: one that failed without naming a test is a failure too
 */
export function readReport(file, parse, status) {
  let result;
  try {
    result = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return counts(0, 1, 0, [`no readable report: ${error.message}`]);
  }
  if (result.passed + result.failed === 0) return add(result, counts(0, 1, 0, ['no test ran']));
  if (status !== 0 && result.failed === 0)
    return add(result, counts(0, 1, 0, [`the runner ended with status ${status}`]));
  return result;
}
