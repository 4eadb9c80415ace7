/** The runner's end of peer.py, with the same calls as client.mjs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pendingCalls } from '../pendingCalls.mjs';

/** @param {string} python @param {string} name @param {Record<string, string>} env */
export function startPythonPeer(python, name, env) {
  const child = spawn(python, [fileURLToPath(new URL('peer.py', import.meta.url)), name], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { call, answered } = pendingCalls(child, name, (message) => child.stdin.write(`${JSON.stringify(message)}\n`));
  createInterface({ input: child.stdout }).on('line', (line) => answered(JSON.parse(line)));
  return { call, stop: () => child.stdin.end() };
}
