/** How the context is shared: what may be generated, and what is left for the prompt (at least half). */
export function budgetFor(wantedTokens: number, contextLength: number): { maxTokens: number; budget: number } {
  const maxTokens = Math.max(1, Math.min(wantedTokens, Math.floor(contextLength / 2)));
  return { maxTokens, budget: contextLength - maxTokens };
}
