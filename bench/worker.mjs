/**
 * What every measured process shares: it answers the runner's requests over fork IPC, one at a time, and reports
 * its own peak memory. A request is `{ id, method, params }`; the answer `{ id, result }` or `{ id, error }`.
 */
import { readFileSync } from 'node:fs';

/** Highest resident set of this process in bytes (VmHWM on Linux, getrusage elsewhere). */
export function peakBytes() {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match) return Number(match[1]) * 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** @param {Record<string, (params: any) => any>} methods */
export function serve(methods) {
  let queue = Promise.resolve();
  process.on('message', ({ id, method, params }) => {
    queue = queue.then(async () => {
      try {
        process.send({ id, result: await methods[method](params) });
      } catch (error) {
        process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  process.on('disconnect', () => process.exit(0));
}

/** Milliseconds since `start` (a performance.now() value). */
export const since = (start) => performance.now() - start;
