/** The engine as the extension runs it: forked from dist/engine.cjs, JSON-RPC over IPC. */
import { fork } from 'node:child_process';
import rpc from 'vscode-jsonrpc/node.js';

/** @param {{ root: string, threads: number, home: string }} options */
export async function startEngine({ engine, threads, home }) {
  const start = performance.now();
  const child = fork(engine, [], {
    env: { ...process.env, PTERON_THREADS: String(threads) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const connection = rpc.createMessageConnection(new rpc.IPCMessageReader(child), new rpc.IPCMessageWriter(child));
  connection.listen();
  await connection.sendRequest('initialize', { protocolVersion: 1, home });
  return {
    readyMs: performance.now() - start,
    request: (method, params) => connection.sendRequest(method, params),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await connection.sendRequest('shutdown').catch(() => {});
      child.disconnect();
      await ended;
      connection.dispose();
    },
  };
}
