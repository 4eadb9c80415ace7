import { describe, expect, test } from 'vitest';
import { codeOf, coded } from './support/errors';
import { load, loadSession, outsideDelegate, tinyGemma } from './support/fixtures';
import { forwardInputs } from './support/int64';

describe('Session.dispose', () => {
  test('is idempotent; everything after it throws', async () => {
    const session = await loadSession();
    await session.prefill([1]);
    session.dispose();
    session.dispose();
    const uses = [
      () => session.position,
      () => session.prefill([1]),
      () => session.decode({ maxTokens: 1 }),
      () => session.verify([1]),
      () => session.rewind(0),
      () => session.reset(),
    ];
    for (const use of uses) expect(await codeOf(use)).toBe('disposed');
  });

  test('in mid-decode: the decode ends as cancelled, later jobs are refused', async () => {
    const session = await loadSession();
    await session.prefill([1]);
    let seen = 0;
    const onToken = () => {
      if (++seen === 3) session.dispose();
      return 'continue' as const;
    };
    const decode = session.decode({ maxTokens: 100, onToken });
    const queued = session.prefill([1]);
    expect(await decode).toMatchObject({ finish: 'cancelled', tokens: { length: 3 } });
    await expect(queued).rejects.toEqual(coded('disposed'));
  });

  test('leaves the program and other sessions alone', async () => {
    const program = await load();
    const [one, two] = [program.createSession({ contextLength: 64 }), program.createSession({ contextLength: 64 })];
    await one.prefill([1, 2, 3]);
    await two.prefill([1, 2, 3]);
    one.dispose();
    expect((await two.decode({ maxTokens: 3 })).tokens).toHaveLength(3);
    program.createSession({ contextLength: 64 });
  });
});

describe('Program.dispose', () => {
  test.each([tinyGemma, outsideDelegate])('is idempotent; everything after it throws', async (path) => {
    const program = await load(path);
    const session = program.createSession({ contextLength: 32 });
    await session.prefill([1]);
    program.dispose();
    program.dispose();
    const uses = [
      () => program.methods,
      () => program.graphs,
      () => program.constant('get_vocab_size'),
      () => program.run('forward', forwardInputs([1], 0, [0])),
      () => program.createSession({ contextLength: 32 }),
      () => session.position,
      () => session.prefill([1]),
      () => session.reset(),
    ];
    for (const use of uses) expect(await codeOf(use)).toBe('disposed');
    session.dispose();
  });

  test('in mid-decode and mid-prefill', async () => {
    const program = await load();
    const session = program.createSession({ contextLength: 160 });
    await session.prefill([1]);
    const decode = session.decode({ maxTokens: 150, onToken: () => 'continue' });
    const run = program.run('forward', forwardInputs([1], 0, [0]));
    program.dispose();
    expect((await decode).finish).toBe('cancelled');
    await expect(run).rejects.toEqual(coded('disposed'));

    const again = await load();
    const filling = again.createSession({ contextLength: 160 });
    const prefill = filling.prefill(Array<number>(150).fill(3));
    again.dispose();
    expect(await prefill.catch((error: unknown) => error)).toEqual(
      expect.toSatisfy((outcome) => outcome.cancelled === true || outcome.code === 'disposed'),
    );
  });

  test('at once after load, many times over', async () => {
    for (let i = 0; i < 20; i++) (await load()).dispose();
  });
});

test('methods called on other objects are refused', async () => {
  const program = await load();
  const session = program.createSession({ contextLength: 32 });
  for (const stranger of [{}, session, null, 3]) {
    expect(await codeOf(() => program.dispose.call(stranger as never))).not.toBe('no error');
    expect(await codeOf(() => program.run.call(stranger as never, 'forward', []))).not.toBe('no error');
  }
  expect(await codeOf(() => session.prefill.call(program as never, [1]))).toBe('invalid_argument');
  await session.prefill([1]);
});
