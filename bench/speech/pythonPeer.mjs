/** The runner's end of peer.py, with the same calls as client.mjs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @param {string} python @param {string} name @param {Record<string, string>} env */
export function startPythonPeer(python, name, env) {
  const child = spawn(python, [fileURLToPath(new URL('peer.py', import.meta.url)), name], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map();
  let next = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result } = JSON.parse(line);
    waiting.get(id).resolve(result);
    waiting.delete(id);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${signal ?? code})`));
    waiting.clear();
  });
  return {
    call: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++next, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id: next, method, params })}\n`);
      }),
    stop: () => child.stdin.end(),
  };
}
