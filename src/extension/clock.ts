/** Imported first by main.ts: when the extension's bundle began to be evaluated. */
export const evaluationStarted = performance.now();
