import { describe, expect, it } from 'vitest';
import type { Session } from '../../../../src/engine/native/addonTypes';
import { DecoderLanes } from '../../../../src/engine/speech/decoderLanes';

/** Its logits are the tokens in its cache. */
class FakeSession {
  fed: number[] = [];
  given: unknown;
  /** Of each prefill. */
  readonly prefills: (readonly number[])[] = [];
  fails = false;

  get position(): number {
    return this.fed.length;
  }

  async prefill(tokens: readonly number[]) {
    if (this.given === undefined) throw new Error('It was not given the sound.');
    if (this.fails) throw new Error('It fails.');
    this.prefills.push(tokens);
    this.fed.push(...tokens);
  }

  rewind(position: number): number {
    this.fed.length = position;
    return position;
  }

  provide(given: unknown): void {
    this.given = given;
    this.fed = [];
  }

  logits(): Float32Array {
    return Float32Array.from(this.fed);
  }
}

function setUp(most = 8) {
  const sessions: FakeSession[] = [];
  const lanes = new DecoderLanes(() => {
    if (sessions.length === most) throw Object.assign(new Error('one lane'), { code: 'program_unsupported' });
    const session = new FakeSession();
    sessions.push(session);
    return session as unknown as Session;
  });
  lanes.provide([]);
  const ask = async (...sequences: number[][]) => {
    for (const session of sessions) session.prefills.length = 0;
    expect(await all(lanes, ...sequences)).toEqual(sequences.map((tokens) => Float32Array.from(tokens)));
    return sessions.map(({ prefills }) => prefills.flat().length);
  };
  return { sessions, lanes, ask };
}

const all = (lanes: DecoderLanes, ...sequences: number[][]) => lanes.readEach(sequences, (logits) => logits);

describe('decoder lanes', () => {
  it('give each sequence a lane of its own, and feed what its lane lacks', async () => {
    const { ask, sessions } = setUp();
    expect(await ask([1, 2])).toEqual([2]);
    expect(await ask([1, 2, 3], [1, 2, 4])).toEqual([1, 3]);
    // Both go on from the second.
    expect(await ask([1, 2, 4, 5], [1, 2, 4, 6])).toEqual([2, 1]);
    expect(await ask([1, 2, 4, 5, 7], [1, 2, 4, 6, 8])).toEqual([1, 1]);
    expect(sessions).toHaveLength(2);
  });

  it('lend the sound that the first was given', async () => {
    const { ask, sessions, lanes } = setUp();
    await ask([1], [2]);
    expect(sessions[1]!.given).toBe(sessions[0]);
    lanes.provide([]);
    expect(await lanes.logitsAfter([2])).toEqual(Float32Array.of(2)); // and not in the second's old cache
    expect(sessions[1]!.fed).toEqual([2]);
    expect(sessions[0]!.fed).toEqual([2]);
  });

  it('take turns where the program has one lane only', async () => {
    const { ask, sessions } = setUp(1);
    expect(await ask([1, 2, 3], [1, 2, 4], [1, 5])).toEqual([5]);
    expect(sessions).toHaveLength(1);
  });

  it('feed the last token anew, where its logits are wanted again', async () => {
    const { lanes, sessions } = setUp();
    await lanes.logitsAfter([1, 2, 3]);
    expect(await lanes.logitsAfter([1, 2])).toEqual(Float32Array.of(1, 2));
    expect(sessions[0]!.prefills).toEqual([[1, 2, 3], [2]]);
  });

  it('tell of a failure when no lane works any more, and trust that lane’s cache no further', async () => {
    const { lanes, sessions } = setUp();
    await all(lanes, [1], [2]);
    sessions[0]!.fails = true;
    await expect(all(lanes, [1, 3], [2, 4])).rejects.toThrow('It fails.');
    sessions[0]!.fails = false;
    expect(await all(lanes, [1, 3], [2, 4])).toEqual([Float32Array.of(1, 3), Float32Array.of(2, 4)]);
  });
});
