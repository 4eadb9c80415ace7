/** Several sequences of one decoder at once, over one sound: each goes on in the KV lane that holds the most of it. */
import type { Session, Tensor } from '../native/addonTypes';

/** Beyond it, sequences take turns: a lane costs memory. */
const mostLanes = 5;

interface Turn {
  readonly index: number;
  readonly lane: DecoderLane;
}

export class DecoderLanes {
  readonly #lanes: DecoderLane[];
  #canGrow = true;

  /** `create`: throws program_unsupported where the program has but one lane; then all sequences take turns in it. */
  constructor(private readonly create: () => Session) {
    this.#lanes = [new DecoderLane(create())];
  }

  get first(): Session {
    return this.#lanes[0]!.session;
  }

  /** Begins a new sound; see `Session.provide`. The other lanes are lent it when they are needed. */
  provide(given: readonly Tensor[]): void {
    this.#lanes.forEach((lane) => lane.forget());
    this.#lanes[0]!.provide(given);
  }

  /** fp32 [V]. The sequence is not empty. */
  logitsAfter(tokens: readonly number[]): Promise<Float32Array> {
    const best = this.#hearing.reduce((a, b) => (b.shared(tokens) > a.shared(tokens) ? b : a));
    return best.logitsAfter(tokens);
  }

  /** What `read` makes of the logits after each sequence, fp32 [V]. None of the sequences is empty. */
  async readEach<T>(
    sequences: readonly (readonly number[])[],
    read: (logits: Float32Array, index: number) => T,
  ): Promise<readonly T[]> {
    this.#growTo(sequences.length);
    const results = new Map<number, T>();
    for (let left = [...sequences.keys()]; left.length > 0; left = left.filter((index) => !results.has(index))) {
      const turns = this.#assigned(left, sequences).map(async ({ index, lane }) =>
        results.set(index, read(await lane.logitsAfter(sequences[index]!), index)),
      );
      // All of them end before one's failure is told: no job may be under way in a session that is used again.
      const failed = (await Promise.allSettled(turns)).find(({ status }) => status === 'rejected');
      if (failed) throw (failed as PromiseRejectedResult).reason;
    }
    return sequences.map((_, index) => results.get(index)!);
  }

  dispose(): void {
    this.#lanes.forEach(({ session }) => session.dispose());
  }

  get #hearing(): readonly DecoderLane[] {
    return this.#lanes.filter((lane, i) => i === 0 || lane.hears);
  }

  /** A lane each for as many as there are lanes, those that share most first. */
  #assigned(left: readonly number[], sequences: readonly (readonly number[])[]): readonly Turn[] {
    const pairs = left.flatMap((index) =>
      this.#hearing.map((lane) => ({ index, lane, shared: lane.shared(sequences[index]!) })),
    );
    const turns: Turn[] = [];
    for (const pair of pairs.sort((a, b) => b.shared - a.shared)) {
      if (!turns.some(({ index, lane }) => index === pair.index || lane === pair.lane)) turns.push(pair);
    }
    return turns;
  }

  #growTo(wanted: number): void {
    const count = Math.min(wanted, mostLanes);
    while (this.#canGrow && this.#lanes.length < count) this.#grow();
    for (const lane of this.#lanes.slice(1, count)) if (!lane.hears) lane.provide(this.first);
  }

  #grow(): void {
    try {
      this.#lanes.push(new DecoderLane(this.create()));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'program_unsupported') throw error;
      this.#canGrow = false;
    }
  }
}

/** A session, and what is known to be in its cache. */
class DecoderLane {
  #cached: readonly number[] = [];
  #hears = false;

  constructor(readonly session: Session) {}

  /** Whether it was given the sound. */
  get hears(): boolean {
    return this.#hears;
  }

  provide(given: readonly Tensor[] | Session): void {
    this.session.provide(given);
    this.#hears = true;
  }

  forget(): void {
    this.#cached = [];
    this.#hears = false;
  }

  /** How many of these tokens, from the first on, are in the cache. */
  shared(tokens: readonly number[]): number {
    const differs = tokens.findIndex((token, i) => token !== this.#cached[i]);
    return differs < 0 ? tokens.length : differs;
  }

  async logitsAfter(tokens: readonly number[]): Promise<Float32Array> {
    const { session } = this;
    // The last token is fed even where it is cached: its logits are wanted.
    const wanted = Math.min(this.shared(tokens), tokens.length - 1);
    const start = wanted < session.position ? session.rewind(wanted) : session.position;
    this.#cached = tokens.slice(0, start);
    await session.prefill(tokens.slice(start));
    this.#cached = tokens;
    return session.logits();
  }
}
