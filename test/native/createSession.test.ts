import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/engine/native/addonTypes';
import { codeOf } from './support/errors';
import { addon, contextLength, load, outsideDelegate, tinyGemma } from './support/fixtures';

describe('createSession', () => {
  test('begins at position 0', async () => {
    expect((await load()).createSession({ contextLength: 32 }).position).toBe(0);
  });

  test('refuses a context that the program does not have', async () => {
    const program = await load(tinyGemma);
    for (const contextLength of [0, -1, 161, 1.5, Number.NaN, '32', undefined] as number[]) {
      expect(await codeOf(() => program.createSession({ contextLength })), String(contextLength)).toBe(
        'invalid_argument',
      );
    }
    expect(await codeOf(() => (program.createSession as () => unknown)())).toBe('invalid_argument');
  });

  test('refuses a method that is no language model', async () => {
    const program = await load(outsideDelegate);
    const create = (method: string) => program.createSession({ contextLength: 8, method });
    expect(await codeOf(() => create('a_flag'))).toBe('program_unsupported');
    expect(await codeOf(() => create('nothing'))).toBe('program_unsupported');
    expect(await codeOf(() => create(3 as unknown as string))).toBe('invalid_argument');
  });

  test('a program with its cache outside the delegate serves one session at a time', async () => {
    const program = await load(outsideDelegate);
    const first = program.createSession({ contextLength: 8 });
    expect(await codeOf(() => program.createSession({ contextLength: 8 }))).toBe('program_unsupported');
    await first.prefill([1]);
    first.dispose();
    await program.run('a_flag', []); // behind the disposal in the queue
    program.createSession({ contextLength: 8 });
  });
});

describe('sessions of one program', () => {
  /** The greedy continuation of a prompt, alone in a program of its own. */
  async function alone(prompt: number[]): Promise<number[]> {
    const session = (await load()).createSession({ contextLength: 160 });
    await session.prefill(prompt);
    return (await session.decode({ maxTokens: 20 })).tokens;
  }

  const prompts = [
    [2, 50, 60, 70],
    [2, 99, 98, 97, 96, 95],
    [2, 7],
  ];

  async function interleaved(program: Program): Promise<number[][]> {
    const sessions = prompts.map(() => program.createSession({ contextLength: 160 }));
    await Promise.all(sessions.map((session, i) => session.prefill(prompts[i]!)));
    const tokens: number[][] = prompts.map(() => []);
    for (let step = 0; step < 4; step++) {
      const results = await Promise.all(sessions.map((session) => session.decode({ maxTokens: 5 })));
      results.forEach((result, i) => tokens[i]!.push(...result.tokens));
    }
    return tokens;
  }

  test('keep their caches apart', async () => {
    const program = await load();
    expect(await interleaved(program)).toEqual(await Promise.all(prompts.map(alone)));
  });

  test('and apart from run’s', async () => {
    const { forwardInputs } = await import('./support/int64');
    const program = await load();
    const session = program.createSession({ contextLength: 160 });
    await session.prefill(prompts[0]!);
    await program.run('forward', forwardInputs([300, 301, 302, 303], 0, [3]));
    expect((await session.decode({ maxTokens: 20 })).tokens).toEqual(await alone(prompts[0]!));
  });

  test('keeps its program alive when nothing else refers to it', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const session = (await addon.Program.load(tinyGemma)).createSession({ contextLength });
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      await new Promise(setImmediate); // finalizers run between tasks
    }
    await session.prefill([1]);
    expect(session.position).toBe(1);
    session.dispose();
  });
});
