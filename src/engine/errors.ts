import { type ErrorCode, errorCodes, PteronError } from '../protocol';

/** Remedies for errors that come from the addon, which knows a code and a message only. */
const nativeRemedies: Partial<Record<ErrorCode, string>> = {
  program_missing: 'Check the path, or install the model again.',
  program_invalid: 'Export or download the program again.',
  program_unsupported: 'Export the model with this version of Pteron.',
  out_of_memory: 'Close other programs, raise the memory limit, or choose a smaller model.',
  addon_missing: 'Run `npm run setup`, or install the extension built for this platform.',
  inference_failed: 'Try again; if it happens again, export or install the model anew.',
  prompt_too_long: 'Shorten the message.',
  invalid_argument: 'Correct the request.',
  disposed: 'Load the model again.',
  session_poisoned: 'Try again.',
};

/** Any thrown value as a coded error: the addon's by their `code`, ours as they are, the rest as `internal`. */
export function toPteronError(error: unknown): PteronError {
  if (error instanceof PteronError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (errorCodes.includes(code as ErrorCode)) {
    return new PteronError(code as ErrorCode, message, nativeRemedies[code as ErrorCode] ?? '', { cause: error });
  }
  if (code === 'ENOSPC') {
    return new PteronError('disk_full', message, 'Free some space and try again.', { cause: error });
  }
  return new PteronError('internal', message, 'This is a defect of Pteron: please report it with the log.', {
    cause: error,
  });
}

export function invalidArgument(message: string, remedy = 'Correct the argument.'): PteronError {
  return new PteronError('invalid_argument', message, remedy);
}
