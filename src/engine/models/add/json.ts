import { readFile } from 'node:fs/promises';

/** An object from a file of others: every field is checked where it is used. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws what `failure` makes of a file that cannot be read or holds no object */
export async function readJson(path: string, failure: (why: string, cause?: unknown) => Error): Promise<JsonObject> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw failure(error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read', error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw failure('it holds no object');
  return parsed as JsonObject;
}

export const isTokenId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Token ids of a field that holds one, a list of them, or none. */
export function tokenIds(value: unknown): number[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isTokenId);
}
