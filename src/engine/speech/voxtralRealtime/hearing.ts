/**
 * A sound that goes on → a token each 80 ms, some of them text. The sound is continued with silence at both ends, as the model was
 * trained. Source: mistral_common's audio.py, and `generate` of transformers' modeling_voxtral_realtime.py.
 */
import type { Program, Session, Tensor } from '../../native/addonTypes';
import { draw, type Drawn } from '../draw';
import { type EncoderShape, StreamingEncoder } from './streamingEncoder';
import { type RealtimeTokens, samplesAToken } from './tokens';

/** What a loaded model lends for a sound. */
export interface RealtimeModel {
  readonly program: Program;
  readonly session: Session;
  readonly encoder: EncoderShape;
  readonly tokens: RealtimeTokens;
  /** Tokens of silence before a sound. */
  readonly leftPad: number;
  readonly contextLength: number;
}

/** Of silence after a sound, beside what the delay takes: the longest word. */
const longestWord = 10;
/** Samples that a token's last frame reaches beyond it. */
const reach = 200;

export interface HeardToken extends Drawn {
  /** Which of the sound's tokens it is, the prompt's included. */
  readonly index: number;
}

export class Hearing {
  readonly #encoder: StreamingEncoder;
  readonly #prompt: readonly number[];
  #waiting: Tensor[] = [];
  /** Tokens that were fed, each with what was heard at its time. */
  #fed = 0;
  #next: number | null = null;
  #samples = 0;
  #ended = false;
  readonly timings = { encodeMs: 0, decodeMs: 0 };

  private constructor(
    private readonly model: RealtimeModel,
    private readonly delay: number,
    private readonly onToken: (token: HeardToken) => void,
  ) {
    const { tokens, leftPad, program, encoder } = model;
    this.#encoder = new StreamingEncoder(program, encoder);
    this.#prompt = [tokens.begin, ...new Array<number>(leftPad + delay).fill(tokens.pad)];
  }

  /** `delay`: of the text behind the sound, in tokens. @throws inference_failed */
  static async begin(model: RealtimeModel, delay: number, onToken: (token: HeardToken) => void): Promise<Hearing> {
    const data = new Uint8Array(Float32Array.of(delay).buffer);
    model.session.provide(await model.program.run('condition', [{ dtype: 'float32', shape: [1], data }]));
    const hearing = new Hearing(model, delay, onToken);
    await hearing.#hear(new Float32Array(model.leftPad * samplesAToken));
    return hearing;
  }

  /** The model said that nothing follows, or its context is full. */
  get ended(): boolean {
    return this.#ended;
  }

  /** `samples`: the next ones. */
  async push(samples: Float32Array, signal?: AbortSignal): Promise<void> {
    this.#samples += samples.length;
    await this.#hear(samples, Infinity, signal);
  }

  /** The sound ends here. */
  async finish(signal?: AbortSignal): Promise<void> {
    const whole = Math.ceil(this.#samples / samplesAToken) + this.delay + 1 + longestWord;
    const silence = new Float32Array(whole * samplesAToken - this.#samples + reach);
    await this.#hear(silence, this.model.leftPad + whole, signal);
  }

  /** `upTo`: all of the sound's tokens, where its end is known: the last one is drawn, not fed. */
  async #hear(samples: Float32Array, upTo = Infinity, signal?: AbortSignal): Promise<void> {
    if (this.#ended) return;
    const started = performance.now();
    this.#waiting.push(...(await this.#encoder.push(samples, upTo)));
    const encoded = performance.now();
    this.timings.encodeMs += encoded - started;
    while (!this.#ended && !signal?.aborted && this.#fed < upTo - 1) {
      const count = this.#fed === 0 ? this.#prompt.length : 1;
      const heard = this.#take(count);
      if (!heard) break;
      await this.#feed(heard, count);
    }
    this.timings.decodeMs += performance.now() - encoded;
  }

  async #feed(values: Tensor, count: number): Promise<void> {
    const { session, tokens, contextLength } = this.model;
    await session.prefill(this.#next === null ? this.#prompt : [this.#next], { features: { at: 0, values } });
    this.#fed += count;
    const drawn = draw(session.logits(), 0, Math.random);
    this.#next = drawn.token;
    this.#ended = drawn.token === tokens.end || this.#fed >= contextLength;
    if (drawn.token !== tokens.end) this.onToken({ ...drawn, index: this.#fed });
  }

  /** The next `count` embeddings; null where there are fewer. */
  #take(count: number): Tensor | null {
    const rows = this.#waiting.reduce((sum, { shape }) => sum + shape[1]!, 0);
    if (rows < count) return null;
    const bytes = 4 * this.model.encoder.width;
    const data = new Uint8Array(count * bytes);
    for (let taken = 0; taken < count;) {
      const first = this.#waiting[0]!;
      const some = Math.min(first.shape[1]!, count - taken);
      data.set(first.data.subarray(0, some * bytes), taken * bytes);
      taken += some;
      const left = first.shape[1]! - some;
      const rest = { ...first, shape: [1, left, first.shape[2]!], data: first.data.subarray(some * bytes) };
      this.#waiting = [...(left > 0 ? [rest] : []), ...this.#waiting.slice(1)];
    }
    return { dtype: 'float32', shape: [1, count, this.model.encoder.width], data };
  }
}
