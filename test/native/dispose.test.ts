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
    const refused = expect(session.prefill([1])).rejects.toEqual(coded('disposed'));
    expect(await decode).toMatchObject({ finish: 'cancelled', tokens: { length: 3 } });
    await refused;
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

  test('in mid-decode: the running job is cancelled, later ones are refused', async () => {
    const program = await load();
    const session = program.createSession({ contextLength: 160 });
    await session.prefill([1]);
    let seen = 0;
    const onToken = () => {
      if (++seen === 3) program.dispose();
      return 'continue' as const;
    };
    const decode = session.decode({ maxTokens: 150, onToken });
    const refused = expect(program.run('forward', forwardInputs([1], 0, [0]))).rejects.toEqual(coded('disposed'));
    expect(await decode).toMatchObject({ finish: 'cancelled', tokens: { length: 3 } });
    await refused;
  });

  test('in mid-prefill', async () => {
    const program = await load();
    const prefill = program.createSession({ contextLength: 160 }).prefill(Array<number>(150).fill(3));
    setImmediate(() => program.dispose());
    const outcome = await prefill.then(
      ({ cancelled }) => (cancelled ? 'cancelled' : 'faster'),
      ({ code }) => code as string,
    );
    expect(['cancelled', 'disposed', 'faster']).toContain(outcome);
  });

  test('at once after load, many times over', async () => {
    for (let i = 0; i < 20; i++) (await load()).dispose();
  });
});

test('methods called on other objects are refused', async () => {
  const program = await load();
  const session = program.createSession({ contextLength: 32 });
  for (const stranger of [{}, session, Object.create(program), null, 3]) {
    expect(() => program.run.call(stranger as never, 'forward', [])).toThrow(TypeError);
    expect(() => program.dispose.call(stranger as never)).toThrow(TypeError);
  }
  expect(() => session.prefill.call(program as never, [1])).toThrow(TypeError);
  await session.prefill([1]);
});
