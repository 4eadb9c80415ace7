import { invalidArgument } from '../../errors';
import { tokenMs } from './tokens';

/** What the model was trained for. */
const longestMs = 2400;

/** How many tokens later than the sound its text is written. @throws invalid_argument */
export function delayTokens(ms: number): number {
  const tokens = ms / tokenMs;
  if (Number.isInteger(tokens) && tokens >= 1 && ms <= longestMs) return tokens;
  throw invalidArgument(
    `${ms} ms is no delay that this model knows.`,
    `Choose a multiple of ${tokenMs} ms from ${tokenMs} to ${longestMs}; 480 is as good as without a delay.`,
  );
}
