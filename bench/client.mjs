/** The runner's end of a measured process. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pendingCalls } from './pendingCalls.mjs';

/**
 * @param {string} script
 * @param {Record<string, string>} env
 * @param {string} beside the URL of a file in the script's folder
 */
export function startWorker(script, env = {}, beside = import.meta.url) {
  const child = fork(fileURLToPath(new URL(script, beside)), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { call, answered } = pendingCalls(child, script, (message) => child.send(message));
  child.on('message', answered);
  return { call, stop: () => child.disconnect() };
}
