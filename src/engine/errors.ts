import { type ErrorCode, errorCodes, PteronError } from '../protocol';

/** Any thrown value as a coded error: the addon's by their `code` and `remedy`, ours as they are, the rest as `internal`. */
export function toPteronError(error: unknown): PteronError {
  if (error instanceof PteronError) return error;
  const { code, remedy } = (error ?? {}) as { code?: unknown; remedy?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  if (errorCodes.includes(code as ErrorCode)) {
    return new PteronError(code as ErrorCode, message, typeof remedy === 'string' ? remedy : '', { cause: error });
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
