/** How a context is divided between question and answer: the answer gets a quarter, at most 2,048 tokens. */
export function tokenBudget(contextLength: number): { readonly input: number; readonly output: number } {
  const output = Math.max(1, Math.min(2048, Math.floor(contextLength / 4)));
  return { input: Math.max(1, contextLength - output), output };
}
