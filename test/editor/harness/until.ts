/** Waits for a condition, never for a time. A check that throws counts as not yet. */
export async function until<T>(what: string, check: () => Promise<T> | T, timeoutMs = 60_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      last = await check();
      if (last) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`timed out after ${timeoutMs} ms waiting until ${what}; last seen: ${seen}`);
}

/** Waits for a text to match, and says what it was last if it never does. */
export async function untilMatches(what: string, read: () => Promise<string>, pattern: RegExp): Promise<void> {
  let last = '';
  const matches = async () => pattern.test((last = await read()));
  await until(what, matches).catch((error: Error) => {
    throw new Error(`${error.message}; the text: ${JSON.stringify(last)}`);
  });
}
