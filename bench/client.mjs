/** The runner's end of a measured process. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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
  const waiting = new Map();
  let next = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${script}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} ended (${signal ?? code})`));
    waiting.clear();
  });
  return {
    call: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++next, { resolve, reject });
        child.send({ id: next, method, params });
      }),
    stop: () => child.disconnect(),
  };
}
