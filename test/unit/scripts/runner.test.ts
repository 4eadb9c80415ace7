import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { resolvePaths } from '../../../scripts/setup/paths.mjs';
import { runSteps } from '../../../scripts/setup/runner.mjs';
import { temporaryFolder } from './temporaryFolder';

let root: string;
let paths: ReturnType<typeof resolvePaths>;
let log: string[];

/** A stream that is no terminal. */
const stream = { write: (text: string) => log.push(text) > 0 } as unknown as NodeJS.WritableStream;

beforeEach(() => {
  root = temporaryFolder();
  log = [];
  paths = resolvePaths(
    { PTERON_CACHE: join(root, 'cache'), PTERON_HOME: join(root, 'home') },
    join(root, 'tree'),
    'linux',
    'x64',
  );
});

interface Calls {
  inputs: string;
  runs: string[];
}

function step(id: string, calls: Calls, run?: () => Promise<void>) {
  const output = join(root, `${id}.out`);
  return {
    id,
    title: `Step ${id}`,
    scope: 'cache' as const,
    inputs: () => calls.inputs,
    outputs: () => [output],
    run: async () => {
      calls.runs.push(id);
      await run?.();
      writeFileSync(output, id);
    },
  };
}

test('a step runs once, then is skipped with a note', async () => {
  const calls = { inputs: 'a', runs: [] as string[] };
  expect(await runSteps([step('one', calls)], paths, { stream })).toEqual({ ran: ['one'], skipped: [] });
  expect(await runSteps([step('one', calls)], paths, { stream })).toEqual({ ran: [], skipped: ['one'] });
  expect(log.at(-1)).toBe('[1/1] Step one: up to date\n');
});

test('changed inputs or a missing output run it again', async () => {
  const calls = { inputs: 'a', runs: [] as string[] };
  const steps = [step('one', calls)];
  await runSteps(steps, paths, { stream });
  calls.inputs = 'b';
  expect((await runSteps(steps, paths, { stream })).ran).toEqual(['one']);
  rmSync(join(root, 'one.out'));
  expect((await runSteps(steps, paths, { stream })).ran).toEqual(['one']);
});

test('a failure keeps the steps before it and repeats the failed one', async () => {
  const calls = { inputs: 'a', runs: [] as string[] };
  let broken = true;
  const steps = [
    step('one', calls),
    step('two', calls, async () => {
      if (broken) throw new Error('cut off');
    }),
    step('three', calls),
  ];
  await expect(runSteps(steps, paths, { stream })).rejects.toThrow('cut off');
  broken = false;
  expect(await runSteps(steps, paths, { stream })).toEqual({ ran: ['two', 'three'], skipped: ['one'] });
});

test('a step that failed after an earlier success is not taken for current', async () => {
  const calls = { inputs: 'a', runs: [] as string[] };
  let broken = false;
  const steps = [
    step('one', calls, async () => {
      if (broken) throw new Error('half done');
    }),
  ];
  await runSteps(steps, paths, { stream });
  calls.inputs = 'b';
  broken = true;
  await expect(runSteps(steps, paths, { stream })).rejects.toThrow('half done');
  calls.inputs = 'a'; // back to what the old result was made from: the failed run may have touched that result
  broken = false;
  expect((await runSteps(steps, paths, { stream })).ran).toEqual(['one']);
});

test('a run killed in mid-step leaves no half result, and the next run continues', async () => {
  const script = join(import.meta.dirname, 'killedSetup.mjs');
  const environment = { ...process.env, PTERON_TEST_ROOT: root };
  const child = fork(script, [], { env: environment, stdio: 'ignore' });
  await new Promise((resolve) => child.once('message', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(existsSync(join(root, 'result'))).toBe(false);

  const second = fork(script, ['--finish'], { env: environment, stdio: 'ignore' });
  const report = await new Promise((resolve) => second.once('message', resolve));
  expect(report).toEqual({ ran: ['slow'], skipped: ['quick'] });
  expect(readFileSync(join(root, 'result', 'file'), 'utf8')).toBe('whole');
  expect(readdirSync(root).filter((name) => name.includes('.partial-'))).toEqual([]);
});

test('ENOSPC becomes disk_full with the place, the need and a remedy', async () => {
  const full = {
    id: 'full',
    title: 'Full',
    scope: 'cache' as const,
    diskBytes: 1000,
    run: async () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC', path: join(root, 'cache', 'big') });
    },
  };
  await expect(runSteps([full], paths, { stream })).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining(join(root, 'cache', 'big')),
    remedy: expect.stringContaining('PTERON_CACHE'),
  });
});

test('too little free space is told before the step begins', async () => {
  let began = false;
  const huge = {
    id: 'huge',
    title: 'Huge',
    scope: 'cache' as const,
    diskBytes: 1e18,
    run: async () => void (began = true),
  };
  await expect(runSteps([huge], paths, { stream })).rejects.toMatchObject({
    code: 'disk_full',
    message: /1000000000\.0 GB are needed/,
  });
  expect(began).toBe(false);
});

test('a folder that cannot be written is permission_denied', async () => {
  mkdirSync(join(root, 'cache'));
  const denied = {
    id: 'denied',
    title: 'Denied',
    scope: 'none' as const,
    run: async () => {
      throw Object.assign(new Error('open'), { code: 'EACCES', path: '/read-only' });
    },
  };
  await expect(runSteps([denied], paths, { stream })).rejects.toMatchObject({ code: 'permission_denied' });
});
