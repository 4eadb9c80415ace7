/**
 * Greedy decoding of a token-and-duration transducer: at each frame the joint network says a token, or that there is none, and
 * how many frames to go on by. Source: transformers generation_parakeet.py and NeMo's rnnt_greedy_decoding.py (`GreedyTDTInfer`).
 */
import { PteronError } from '../../../protocol';
import { logSumExp } from '../whisper/logitRules';
import type { Heard, ParakeetProgram, PredictionState } from './program';

export interface SpokenToken {
  readonly id: number;
  /** Of the encoder, from the sound's beginning. */
  readonly frame: number;
  /** In such frames; 0 where the next token is of the same one. */
  readonly duration: number;
  readonly logProbability: number;
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
  readonly onToken: (token: SpokenToken) => void;
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
    if (!step.token) continue;
    onToken({ ...step.token, frame });
    state = { token: step.token.id, hidden, cell };
    look = Math.min(firstLook, stepFrames);
    symbols = step.token.duration > 0 ? 0 : symbols + 1;
    const isStuck = symbols >= maxSymbolsPerStep;
    frame += isStuck ? 1 : step.token.duration;
    if (isStuck) symbols = 0;
  }
  return { state, frame, symbols };
}

interface Step {
  /** Frames that said nothing. */
  readonly skipped: number;
  readonly token?: Omit<SpokenToken, 'frame'>;
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
      return { skipped: row, token: { id, duration, logProbability: tokens[id]! - logSumExp(tokens) } };
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
