import type { Finish, GenerationResult, SamplingOptions, Timings } from '../../protocol';
import type { Lane } from './lane';
import type { StopRule } from './stops/stopRule';
import type { Thinking } from './thinking';
import type { Tokenizer } from './tokenizer';
import { Utf8Stream } from './utf8Stream';

export interface GenerationRequest {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  /** Token ids that end the generation (manifest `tokens.eos`). */
  readonly stopIds: readonly number[];
  readonly rule: StopRule;
  /** performance.now() at the request's arrival, and the time after which decoding ends. */
  readonly arrived: number;
  readonly deadline?: number;
  readonly onText?: (delta: string) => void;
  /** Takes thoughts out of the text; they are returned apart. */
  readonly thinking?: Thinking;
  readonly signal?: AbortSignal;
}

/** One generation on one lane: prefill what is new, decode until a stop, show what the stop rule lets through. */
export async function generate(
  lane: Lane,
  tokenizer: Tokenizer,
  request: GenerationRequest,
): Promise<GenerationResult> {
  const { prompt, rule, signal, thinking } = request;
  const answerOf = (piece: string) => (thinking ? thinking.push(piece) : piece);
  const started = performance.now();
  const fed = await lane.feed(prompt, signal);
  const fedAt = performance.now();
  const shown = new ShownText(rule, request.onText);
  if (fed.cancelled || signal?.aborted) {
    return { text: '', finish: 'cancelled', timings: timings(prompt, fed.reused, started, fedAt, null, 0, request) };
  }

  const stream = new Utf8Stream();
  let firstAt: number | null = null;
  let generated = 0;
  let ended: Finish | null = null;
  const { finish } = await lane.decode({
    maxTokens: request.maxTokens,
    sampling: request.sampling,
    stopIds: request.stopIds,
    ...(signal ? { signal } : {}),
    onToken: (token) => {
      firstAt ??= performance.now();
      generated++;
      if (tokenizer.isSpecial(token) || shown.push(answerOf(stream.push(tokenizer.bytes(token))))) ended = 'stop';
      else if (request.deadline !== undefined && performance.now() > request.deadline) ended = 'length';
      return ended ? 'stop' : 'continue';
    },
  });
  if (thinking) shown.push(thinking.finish());
  const text = shown.finish();
  return {
    text,
    ...(thinking?.thoughts ? { thinking: thinking.thoughts } : {}),
    finish: finish === 'cancelled' ? finish : (ended ?? finish),
    timings: timings(prompt, fed.reused, started, fedAt, firstAt, generated, request),
  };
}

/** The text so far and how much of it was sent on. */
class ShownText {
  #text = '';
  #sent = 0;

  constructor(
    readonly rule: StopRule,
    readonly onText: ((delta: string) => void) | undefined,
  ) {}

  /** true: the generation ends here. */
  push(piece: string): boolean {
    this.#text += piece;
    if (piece === '') return false;
    const { stop, settled } = this.rule.check(this.#text);
    if (!stop) this.#send(this.#text.slice(0, settled));
    return stop;
  }

  finish(): string {
    const text = this.rule.trim(this.#text);
    this.#send(text);
    return text;
  }

  #send(text: string): void {
    if (text.length <= this.#sent) return;
    this.onText?.(text.slice(this.#sent));
    this.#sent = text.length;
  }
}

function timings(
  prompt: readonly number[],
  reused: number,
  started: number,
  fedAt: number,
  firstAt: number | null,
  generated: number,
  { arrived }: GenerationRequest,
): Timings {
  const now = performance.now();
  return {
    promptTokens: prompt.length,
    reusedTokens: reused,
    prefillMs: fedAt - started,
    firstTokenMs: (firstAt ?? now) - arrived,
    generatedTokens: generated,
    decodeMs: now - fedAt,
    draftedTokens: 0,
    acceptedTokens: 0,
  };
}
