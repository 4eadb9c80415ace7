/** Cuts a window's tokens at their timestamps. Source: transformers generation_whisper.py `_retrieve_segment`. */
import { secondsAStep, type WhisperTokens } from './tokens';

export interface TokenSegment {
  /** Seconds from the window's beginning. */
  readonly start: number;
  readonly end: number;
  /** Which of the window's tokens, timestamps included. */
  readonly from: number;
  readonly to: number;
}

export interface CutWindow {
  readonly segments: readonly TokenSegment[];
  /** Frames after which the next window begins. */
  readonly consumed: number;
}

const framesAStep = 2;

/** `frames`: of sound in the window. */
export function cutAtTimestamps(
  drawn: readonly number[],
  frames: number,
  { firstTimestamp }: WhisperTokens,
): CutWindow {
  const isTimestamp = (index: number) => (drawn[index] ?? -1) >= firstTimestamp;
  const seconds = (index: number) => (drawn[index]! - firstTimestamp) * secondsAStep;
  const cuts = drawn.flatMap((_, i) => (i > 0 && isTimestamp(i - 1) && isTimestamp(i) ? [i] : []));
  const last = drawn.length - 1;
  const endsWithOne = isTimestamp(last) && !isTimestamp(last - 1) && last > 0;
  if (cuts.length === 0) {
    const end = drawn.findLastIndex((token) => token >= firstTimestamp);
    const stated = end >= 0 && drawn[end] !== firstTimestamp;
    const until = stated ? seconds(end) : Math.floor(frames / framesAStep) * secondsAStep;
    return { segments: [{ start: 0, end: until, from: 0, to: drawn.length }], consumed: frames };
  }
  // After one timestamp at the end nothing is said any more; after a pair, or text, the next window begins at the last pair.
  const ends = endsWithOne ? [...cuts, drawn.length] : [...cuts.slice(0, -1), cuts.at(-1)! + 1];
  const segments = ends.map((to, i) => {
    const from = i === 0 ? 0 : ends[i - 1]!;
    const end = i === ends.length - 1 && !endsWithOne ? to - 2 : to - 1;
    return { start: seconds(from), end: seconds(end), from, to };
  });
  const consumed = endsWithOne ? frames : (drawn[ends.at(-1)! - 2]! - firstTimestamp) * framesAStep;
  return { segments, consumed };
}
