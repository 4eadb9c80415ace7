import { type Command, InvalidArgumentError } from 'commander';
import type { SamplingOptions } from '../../protocol';

/** The options that `complete` and `chat` share. */
export interface GenerationFlags {
  readonly model: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly json?: boolean;
  readonly stream?: boolean;
}

export function addGenerationOptions(command: Command): Command {
  return command
    .requiredOption('--model <id>', 'an installed model (`pteron models list`)')
    .option('--max-tokens <n>', 'tokens to generate at most', wholeNumber(1))
    .option('--temperature <t>', '0 draws the likeliest token', number(0, 10))
    .option('--top-p <p>', 'probability mass to draw from', number(0, 1))
    .option('--seed <n>', 'makes the drawing repeatable', wholeNumber(0))
    .option('--json', 'print one final JSON object')
    .option('--stream', 'with --json: JSON Lines, `{"delta": …}` as text arrives, then the final object');
}

export function samplingOf({ temperature, topP, seed }: GenerationFlags): SamplingOptions {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** A parser for commander: a failure is a usage error (exit status 2). */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = maximum < Number.MAX_SAFE_INTEGER ? `from ${minimum} to ${maximum}` : `${minimum} or more`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
    }
    return value;
  };
}

export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
