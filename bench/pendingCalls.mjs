/**
 * Calls to another process that were not answered yet.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} name in errors
 * @param {(message: { id: number, method: string, params: object }) => void} send
 */
export function pendingCalls(child, name, send) {
  const waiting = new Map();
  let next = 0;
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${signal ?? code})`));
    waiting.clear();
  });
  return {
    call: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++next, { resolve, reject });
        send({ id: next, method, params });
      }),
    answered: ({ id, result, error }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(`${name}: ${error}`));
    },
  };
}
