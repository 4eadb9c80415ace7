/** Hybrid models (Qwen 3.5): recurrent state in slots, and sessions that go back to kept ones, against transformers. */
import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/engine/native/addonTypes';
import { Lane } from '../../src/engine/text/lane';
import { contextLength, floats, load, loadSession, modelPath, reference, vocabulary } from './support/fixtures';
import { forwardInputs, int64 } from './support/int64';
import { difference, numbers } from './support/numbers';

const models = ['tiny-qwen3_5', 'tiny-qwen3_5-moe', 'tiny-qwen3_5-moe-q4'];
const [, mixture] = models as [string, string, string];
const chunk = 16;
/** What a prefill feeds by itself at its end. */
const unsettled = 8;
const { prompt, greedy, rewind } = reference(mixture);
const again = [...prompt.slice(0, rewind.to), ...rewind.then];
const open = () => loadSession(modelPath(mixture));

/** Goes back to `position` and on with `rest` behind it, of which what is lost on the way is `tokens`' own. */
async function continueAt(session: Session, position: number, tokens: readonly number[], rest: readonly number[]) {
  const reached = session.rewind(position);
  expect(reached).toBeLessThanOrEqual(position);
  await session.prefill([...tokens.slice(reached, position), ...rest]);
  return reached;
}

describe.each(models)('%s', (id) => {
  const own = reference(id);

  test('is called with slots', async () => {
    expect((await load(modelPath(id))).languageModel()).toMatchObject({
      contract: 'pteron',
      rewind: 'saved',
      slots: 8,
    });
  });

  test('has transformers’ logits, and again from a slot written earlier', async () => {
    const program = await load(modelPath(id));
    const logitsOf = async (tokens: number[], position: number, slots: number[]) => {
      const inputs = [
        ...forwardInputs(
          tokens,
          position,
          tokens.map((_, i) => i),
        ),
        int64([2], slots),
      ];
      const [logits] = await program.run('forward', inputs);
      const all = Float32Array.from(numbers(logits!));
      return tokens.map((_, i) => all.slice(i * vocabulary, (i + 1) * vocabulary));
    };
    const all = [...own.prompt, ...own.greedy];
    const rows: Float32Array[] = [];
    for (let start = 0; start < all.length; start += chunk) {
      const from = start === 0 ? 0 : start <= 32 ? 1 : 2;
      // Slot 1 keeps the state after 32 tokens.
      const part = await logitsOf(all.slice(start, start + chunk), start, [from, start < 32 ? 1 : 2]);
      rows.push(...part);
    }
    for (const { position, base64Float32 } of own.logits)
      expect(difference(rows[position]!, floats(base64Float32))).toBeLessThanOrEqual(own.tolerance);
    const other = [...own.prompt.slice(32, own.rewind.to), ...own.rewind.then];
    const rewound = [
      ...(await logitsOf(other.slice(0, 9), 32, [1, 3])),
      ...(await logitsOf(other.slice(9), 41, [3, 3])),
    ];
    for (const { position, base64Float32 } of own.rewind.logits)
      expect(difference(rewound[position - 32]!, floats(base64Float32))).toBeLessThanOrEqual(own.tolerance);
  });

  test('continues as transformers does, and again after a rewind', async () => {
    const session = await loadSession(modelPath(id));
    await session.prefill(own.prompt);
    expect((await session.decode({ maxTokens: own.greedy.length })).tokens).toEqual(own.greedy);
    expect(await continueAt(session, own.rewind.to, own.prompt, own.rewind.then)).toBe(32);
    expect((await session.decode({ maxTokens: own.rewind.greedy.length })).tokens).toEqual(own.rewind.greedy);
  });
});

describe('a rewind', () => {
  test('reaches the place that the last one asked for', async () => {
    const session = await open();
    await session.prefill(prompt);
    expect(await continueAt(session, rewind.to, prompt, rewind.then)).toBe(32);
    for (let round = 0; round < 2; round++) {
      expect(await continueAt(session, rewind.to, prompt, rewind.then)).toBe(rewind.to);
      expect((await session.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
    }
  });

  test('reaches the end of each chunk, and shortly before the end', async () => {
    for (const [position, reached] of [
      [prompt.length, prompt.length],
      [prompt.length - 1, prompt.length - unsettled],
      [63, 48],
      [31, 16],
      [15, 0],
    ] as const) {
      const session = await open();
      await session.prefill(prompt);
      expect(session.rewind(position)).toBe(reached);
      await session.prefill(prompt.slice(reached).concat(position === prompt.length ? [greedy[0]!] : []));
      const { tokens } = await session.decode({ maxTokens: 6 });
      expect(tokens).toEqual(position === prompt.length ? greedy.slice(1, 7) : greedy.slice(0, 6));
    }
  });

  test('forgets what it went behind', async () => {
    const session = await open();
    await session.prefill(prompt);
    await continueAt(session, 20, prompt, again.slice(20, 30));
    expect(session.position).toBe(30);
    expect(session.rewind(prompt.length)).toBe(30); // never forward
    await session.prefill(again.slice(30));
    expect((await session.decode({ maxTokens: 16 })).tokens).not.toEqual(greedy.slice(0, 16));
    expect(await continueAt(session, 18, prompt, again.slice(18))).toBe(16);
    expect((await session.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
  });

  test('keeps near states and thins out far ones when there are more than slots', async () => {
    const long = [...prompt, ...greedy, ...prompt].slice(0, 150);
    const reached: number[] = [];
    for (const position of [148, 130, 100, 70, 40, 15]) {
      const session = await open();
      await session.prefill(long);
      reached.push(await continueAt(session, position, long, long.slice(position)));
      const fresh = await open();
      await fresh.prefill(long);
      expect((await session.decode({ maxTokens: 8 })).tokens).toEqual((await fresh.decode({ maxTokens: 8 })).tokens);
    }
    expect(reached[0]).toBe(150 - unsettled);
    expect(reached[1]).toBe(128);
    expect(reached.at(-1)).toBe(0);
    expect(Math.max(...reached.map((r, i) => [148, 130, 100, 70, 40, 15][i]! - r))).toBeLessThan(48);
  });

  test('works in the middle of a generation and behind it', async () => {
    const session = await open();
    await session.prefill(prompt.slice(0, 8));
    const { tokens } = await session.decode({ maxTokens: 150 });
    const all = [...prompt.slice(0, 8), ...tokens];
    expect(session.rewind(140)).toBe(128);
    await session.prefill(all.slice(128, 140));
    expect((await session.decode({ maxTokens: 10 })).tokens).toEqual(all.slice(140, 150));
  });
});

describe('a session of a hybrid model', () => {
  test('verifies drafts without loss', async () => {
    for (const good of [0, 1, 4, 7]) {
      const session = await open();
      await session.prefill(prompt);
      await session.decode({ maxTokens: 1 });
      const draft = greedy.slice(1, 8).map((token, i) => (i >= good ? (token + 1) % vocabulary : token));
      expect(await session.verify(draft)).toEqual({ accepted: good, next: greedy[1 + good] });
      expect(session.position).toBe(prompt.length + 1 + good);
      expect((await session.decode({ maxTokens: 20 })).tokens).toEqual(greedy.slice(2 + good, 22 + good));
      expect(await continueAt(session, rewind.to, prompt, rewind.then)).toBe(32);
      expect((await session.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
    }
  });

  test('shares weights with another, not states', async () => {
    const program = await load(modelPath(mixture));
    const [a, b] = [program.createSession({ contextLength }), program.createSession({ contextLength })];
    await a.prefill(prompt.slice(0, 40));
    await b.prefill(again);
    await a.prefill(prompt.slice(40));
    expect((await b.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
    expect((await a.decode({ maxTokens: 16 })).tokens).toEqual(greedy.slice(0, 16));
  });

  test('begins anew after a reset, and at 0', async () => {
    const session = await open();
    await session.prefill(again);
    session.reset();
    expect(session.position).toBe(0);
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: 8 })).tokens).toEqual(greedy.slice(0, 8));
    expect(session.rewind(0)).toBe(0);
    await session.prefill(again);
    expect((await session.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
  });

  test('goes on after a cancelled prefill', async () => {
    const session = await open();
    const controller = new AbortController();
    const cancelled = session.prefill(prompt, { signal: controller.signal });
    setImmediate(() => controller.abort());
    const { position } = await cancelled;
    await session.prefill(prompt.slice(position));
    expect((await session.decode({ maxTokens: 8 })).tokens).toEqual(greedy.slice(0, 8));
  });
});

test('a completion after a keystroke reuses the prefix', async () => {
  const lane = new Lane(await open());
  expect((await lane.feed(prompt)).reused).toBe(0);
  await lane.decode({ maxTokens: 5 });
  // A letter at the end changes the last token; then one in the middle, twice.
  const typed = [...prompt.slice(0, -1), 7, 9];
  expect((await lane.feed(typed)).reused).toBe(prompt.length - unsettled);
  const edited = [...prompt.slice(0, 37), 5, ...prompt.slice(37)];
  expect((await lane.feed(edited)).reused).toBe(32);
  expect((await lane.feed([...prompt.slice(0, 37), 5, 6, ...prompt.slice(37)])).reused).toBe(37);
  await lane.feed(prompt);
  expect((await lane.decode({ maxTokens: 8 })).tokens).toEqual(greedy.slice(0, 8));
});
