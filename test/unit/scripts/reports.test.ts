import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseJunit, parseVitest, readReport } from '../../../scripts/test/reports.mjs';
import { temporaryFolder } from './temporaryFolder';

test('vitest: passed, failed and skipped tests, and files that did not load', () => {
  const report = {
    testResults: [
      {
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'a' },
          { status: 'failed', fullName: 'b', failureMessages: ['expected 1\nat x'] },
          { status: 'pending', fullName: 'c' },
        ],
      },
      { status: 'failed', name: 'broken.test.ts', message: 'Cannot find module', assertionResults: [] },
    ],
  };
  expect(parseVitest(JSON.stringify(report))).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: ['b: expected 1', 'broken.test.ts: Cannot find module'],
  });
});

test('JUnit of ctest and pytest', () => {
  const xml = `<testsuite>
    <testcase name="kernels" classname="kernels" time="0.1" status="run"><system-out>ok</system-out></testcase>
    <testcase name="graph" status="fail"><failure message="Failed"/></testcase>
    <testcase classname="t" name="test_ok" time="1"/>
    <testcase classname="t" name="test_error"><error message="x">y</error></testcase>
    <testcase classname="t" name="test_skipped"><skipped/></testcase>
    <testcase name="absent" status="notrun"></testcase>
  </testsuite>`;
  expect(parseJunit(xml)).toEqual({ passed: 2, failed: 2, skipped: 2, failures: ['graph', 'test_error'] });
});

test('no report, no test, or a failing runner is a failure', () => {
  const file = join(temporaryFolder(), 'report');
  expect(readReport(file, parseJunit, 0).failed).toBe(1);
  writeFileSync(file, '<testsuite/>');
  expect(readReport(file, parseJunit, 0)).toMatchObject({ failed: 1, failures: ['no test ran'] });
  writeFileSync(file, '<testsuite><testcase name="a"/></testsuite>');
  expect(readReport(file, parseJunit, 0)).toMatchObject({ passed: 1, failed: 0 });
  expect(readReport(file, parseJunit, 139)).toMatchObject({ passed: 1, failed: 1 });
});
