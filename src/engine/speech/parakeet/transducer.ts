/**
 * Greedy decoding of a token-and-duration transducer: at each frame the joint network says a token, or that there is none, and
 * how many frames to go on by. Source: transformers generation_parakeet.py and NeMo's rnnt_greedy_decoding.py (`GreedyTDTInfer`).
 */
import { PteronError } from '../../../protocol';
import { type Drawn, rivalOf } from '../draw';
import { logSumExp } from '../logSumExp';
import type { Heard, ParakeetProgram, PredictionState } from './program';

export interface SpokenToken extends Drawn {
  /** Of the encoder, from the sound's beginning. */
  readonly frame: number;
  /** In such frames; 0 where the next token is of the same one. */
  readonly duration: number;
}

/** What of a sound is said and what is left: kept from one window to the next. */
export interface Progress {
  readonly state: PredictionState;
  /** The next one, from the sound's beginning. */
  readonly frame: number;
  /** Tokens at this very frame so far. */
  readonly symbols: number;
}

export interface Passage {
  readonly heard: Heard;
  /** Of the sound, the first that was heard. */
  readonly offset: number;
  /** Of the sound, behind the last one to decode. */
  readonly end: number;
  readonly signal?: AbortSignal | undefined;
  /** `rival`: the likeliest other word in the token's place, if there is one. */
  readonly onToken: (token: SpokenToken, rival: Rival | null) => void;
}

export interface Rival extends SpokenToken {
  /** From where to decode on if it was this that was said; it lasts as long. */
  readonly then: Progress;
}

export const begin = (program: ParakeetProgram): Progress => ({ state: program.begin(), frame: 0, symbols: 0 });

/** Most tokens come within so many frames of the one before: more are looked at where those say nothing. */
const firstLook = 4;

/** Decodes from `progress.frame` to the passage's end, or until its signal. @throws inference_failed */
export async function transduce(program: ParakeetProgram, progress: Progress, passage: Passage): Promise<Progress> {
  const { heard, offset, end, signal, onToken } = passage;
  const { maxSymbolsPerStep, stepFrames } = program.shape;
  let { state, frame, symbols } = progress;
  let look = Math.min(firstLook, stepFrames);
  while (frame < end && !signal?.aborted) {
    const until = Math.min(frame + look, end);
    const { logits, hidden, cell } = await program.predict(state, heard, frame - offset, until - offset);
    const step = walk(program, logits, until - frame);
    if (step.skipped > 0) symbols = 0;
    frame += step.skipped;
    look = Math.min(2 * look, stepFrames);
    if (!step.said) continue;
    const { token, rival, duration } = step.said;
    const stateAfter = ({ token: said }: Drawn): PredictionState => ({ token: said, hidden, cell });
    const next = passed({ frame, symbols }, duration, maxSymbolsPerStep);
    const otherwise = rival && { ...rival, frame, duration, then: { ...next, state: stateAfter(rival) } };
    onToken({ ...token, frame, duration }, otherwise);
    state = stateAfter(token);
    ({ frame, symbols } = next);
    look = Math.min(firstLook, stepFrames);
  }
  return { state, frame, symbols };
}

type Place = Omit<Progress, 'state'>;

/** Where a token leads to: one that lasts no time leaves the frame, up to the `most` that one frame may say. */
function passed({ frame, symbols }: Place, duration: number, most: number): Place {
  if (duration > 0) return { frame: frame + duration, symbols: 0 };
  return symbols + 1 < most ? { frame, symbols: symbols + 1 } : { frame: frame + 1, symbols: 0 };
}

interface Step {
  /** Frames that said nothing. */
  readonly skipped: number;
  readonly said?: { readonly token: Drawn; readonly rival: Drawn | null; readonly duration: number };
}

/** Over `frames` rows of logits to the first token. Blanks leave the state as it is, so that all rows hold until there is one. */
function walk({ shape, vocabulary }: ParakeetProgram, logits: Float32Array, frames: number): Step {
  const { durations, blank } = shape;
  const columns = vocabulary + durations.length;
  for (let row = 0; ;) {
    const tokens = logits.subarray(row * columns, row * columns + vocabulary);
    const id = likeliest(tokens);
    const duration = durations[likeliest(logits.subarray(row * columns + vocabulary, (row + 1) * columns))]!;
    if (id !== blank) {
      const token = { token: id, logProbability: tokens[id]! - logSumExp(tokens) };
      return { skipped: row, said: { token, rival: rivalOf(tokens, token, (other) => other !== blank), duration } };
    }
    row += Math.max(1, duration);
    if (row >= frames) return { skipped: row };
  }
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let index = 1; index < logits.length; index++) if (logits[index]! > logits[best]!) best = index;
  if (Number.isFinite(logits[best]!)) return best;
  const remedy = 'Export or install the model again; if that does not help, report it.';
  throw new PteronError('inference_failed', 'The model computed logits that are no numbers.', remedy);
}
