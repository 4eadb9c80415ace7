import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/protocol/errors';

/** What every error of the addon looks like. */
export const coded = (code: ErrorCode) =>
  expect.objectContaining({ code, message: expect.any(String), remedy: expect.stringMatching(/\./) });

/** The code of what the call throws or rejects with; fails where it succeeds. */
export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as { code?: string }).code ?? `no code: ${String(error)}`;
  }
  return 'no error';
}
