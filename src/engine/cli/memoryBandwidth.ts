import { Worker } from 'node:worker_threads';

/** Each thread scans its own buffer, larger than any cache: `indexOf` of an absent byte is one streaming read. */
const scan = `
const { parentPort, workerData } = require('node:worker_threads');
const buffer = Buffer.alloc(workerData.bytes, 1);
buffer.indexOf(0);
parentPort.once('message', () => {
  const started = performance.timeOrigin + performance.now();
  for (let i = 0; i < workerData.rounds; i++) buffer.indexOf(0);
  parentPort.postMessage({ started, ended: performance.timeOrigin + performance.now() });
});
parentPort.postMessage('ready');
`;

/** Bytes a second that this machine reads from memory with so many threads, measured for about a quarter of a second. */
export async function measureReadBandwidth(threads: number): Promise<number> {
  const workerData = { bytes: 128 * 2 ** 20, rounds: 10 };
  const workers = Array.from({ length: threads }, () => new Worker(scan, { eval: true, workerData }));
  const next = (worker: Worker) =>
    new Promise<{ started: number; ended: number }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  await Promise.all(workers.map(next));
  const spans = workers.map(async (worker) => {
    const answer = next(worker);
    worker.postMessage('go');
    return answer;
  });
  const done = await Promise.all(spans);
  await Promise.all(workers.map((worker) => worker.terminate()));
  const seconds = (Math.max(...done.map((span) => span.ended)) - Math.min(...done.map((span) => span.started))) / 1000;
  return (threads * workerData.bytes * workerData.rounds) / seconds;
}
