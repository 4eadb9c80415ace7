import { setImmediate } from 'node:timers/promises';

/** Lets what else waits for this thread run, in the middle of a long computation. */
export const breathe = (): Promise<void> => setImmediate();
