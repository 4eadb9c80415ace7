import { describe, expect, it } from 'vitest';
import { Lane } from '../../../../src/engine/text/lane';
import { FakeSession } from '../fakes/fakeAddon';

const make = (continuation: number[] = [], eos = 99) => {
  const session = new FakeSession({ tokenizer: undefined as never, continuation: () => continuation, eos });
  return { session, lane: new Lane(session) };
};

describe('Lane', () => {
  it('prefills only what follows the longest common prefix', async () => {
    const { session, lane } = make();
    expect(await lane.feed([1, 2, 3, 4])).toEqual({ reused: 0, cancelled: false });
    expect(await lane.feed([1, 2, 3, 4, 5])).toEqual({ reused: 4, cancelled: false });
    expect(await lane.feed([1, 2, 7])).toEqual({ reused: 2, cancelled: false });
    expect(session.prefills).toEqual([4, 1, 1]);
    expect(session.tokens).toEqual([1, 2, 7]);
  });

  it('feeds the last token again for its logits when nothing is new', async () => {
    const { session, lane } = make();
    await lane.feed([1, 2, 3]);
    expect(await lane.feed([1, 2, 3])).toEqual({ reused: 2, cancelled: false });
    expect(session.prefills).toEqual([3, 1]);
  });

  it('finds what it generated itself, less the last token, which is not in the cache', async () => {
    const { session, lane } = make([10, 11, 12]);
    await lane.feed([1, 2]);
    await lane.decode({ maxTokens: 3 });
    expect(await lane.feed([1, 2, 10, 11, 12, 20])).toMatchObject({ reused: 4 });
    expect(session.tokens).toEqual([1, 2, 10, 11, 12, 20]);
  });

  it('takes what the session could rewind to, not what it asked for', async () => {
    const { session, lane } = make();
    await lane.feed([1, 2, 3, 4]);
    const rewind = session.rewind.bind(session);
    session.rewind = () => rewind(0);
    expect(await lane.feed([1, 2, 3, 5])).toEqual({ reused: 0, cancelled: false });
    expect(session.tokens).toEqual([1, 2, 3, 5]);
  });

  it('remembers what a cancelled prefill had done', async () => {
    const { lane } = make();
    await lane.feed([1, 2, 3]);
    const abort = new AbortController();
    abort.abort();
    expect(await lane.feed([1, 2, 3, 4, 5], abort.signal)).toEqual({ reused: 3, cancelled: true });
    expect(await lane.feed([1, 2, 3, 4])).toEqual({ reused: 3, cancelled: false });
  });

  it('starts clean after an error', async () => {
    const { session, lane } = make([5]);
    await lane.feed([1, 2, 3]);
    session.failNext = 'the runtime said no';
    await expect(lane.decode({ maxTokens: 1 })).rejects.toMatchObject({ code: 'inference_failed' });
    expect(session.resets).toBe(1);
    expect(await lane.feed([1, 2, 3])).toEqual({ reused: 0, cancelled: false });
  });
});
