/** Ends of processes and threads while a program computes: none may crash or hang. */
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { addonPath } from '../../src/engine/native/loader';
import { tinyGemma } from './support/fixtures';

const prelude = `
  const addon = require(${JSON.stringify(addonPath())});
  const begin = async () => {
    const program = await addon.Program.load(${JSON.stringify(tinyGemma)});
    const session = program.createSession({ contextLength: 160 });
    await session.prefill([2, 3, 4]);
    return { program, session };
  };
  const forever = async (session, onToken) => {
    for (;;) {
      await session.decode({ maxTokens: 150, onToken });
      session.rewind(1);
      await session.prefill([3]);
    }
  };`;

/** Runs a script in a process of its own. */
function run(body: string) {
  const script = `${prelude}\n(async () => { ${body} })();`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, signal, stdout: stdout.trim(), stderr: stderr.trim() };
}

const clean = { status: 0, signal: null, stdout: 'begun', stderr: '' };

describe('a process', () => {
  test('ends by itself with programs still open', () => {
    expect(run(`await begin(); console.log('begun');`)).toEqual(clean);
  });

  test('does not end before its jobs', () => {
    const { stdout, status } = run(`
      const { session } = await begin();
      const { tokens } = await session.decode({ maxTokens: 100 });
      console.log(tokens.length);`);
    expect({ stdout, status }).toEqual({ stdout: '100', status: 0 });
  });

  test.each([
    ['without onToken', 'undefined'],
    ['with onToken', `() => 'continue'`],
    ['from onToken', `() => (process.exit(0), 'continue')`],
  ])('exits in mid-decode %s', (_, onToken) => {
    const body = `const { session } = await begin(); forever(session, ${onToken}); console.log('begun');`;
    expect(run(`${body} setTimeout(() => process.exit(0), 30);`)).toEqual(clean);
  });

  test('survives an uncaught error of its own code with that error', () => {
    const { signal, status, stderr } = run(`
      const { session } = await begin(); forever(session);
      setTimeout(() => { throw new Error('mine'); }, 30);`);
    expect({ signal, status }).toEqual({ signal: null, status: 1 });
    expect(stderr).toContain('mine');
  });

  test('prints nothing of the runtime’s log', () => {
    expect(run(`await addon.Program.load('/etc/passwd').catch(() => console.log('begun'));`)).toEqual(clean);
  });

  test('collects programs and sessions that nobody holds', () => {
    const body = `
      for (let i = 0; i < 30; i++) { await begin(); if (i % 10 === 9) { globalThis.gc?.(); await new Promise(setImmediate); } }
      console.log('begun');`;
    expect(run(body)).toEqual(clean);
  });
});

describe('worker_threads', () => {
  const start = (body: string) => new Worker(`${prelude}\n(async () => { ${body} })();`, { eval: true });
  const message = (worker: Worker) =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

  test('load the addon, one after the other and at once', async () => {
    const body = `
      const { parentPort } = require('node:worker_threads');
      const { session, program } = await begin();
      const { tokens } = await session.decode({ maxTokens: 10 });
      program.dispose();
      parentPort.postMessage(tokens);`;
    const first = await message(start(body));
    expect(first).toHaveLength(10);
    expect(await message(start(body))).toEqual(first);
    expect(await Promise.all([message(start(body)), message(start(body))])).toEqual([first, first]);
  });

  test.each(['undefined', `() => 'continue'`])('end in mid-decode (onToken %s)', async (onToken) => {
    const worker = start(`
      const { session } = await begin();
      require('node:worker_threads').parentPort.postMessage('begun');
      forever(session, ${onToken});`);
    expect(await message(worker)).toBe('begun');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await worker.terminate()).toBe(1);
  });
});
