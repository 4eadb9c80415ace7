/** Start-up of the engine process: ready without a model, and a model's load. */
import { startEngine } from './engineClient.mjs';
import { summarize } from './statistics.mjs';

/** Each start is a fresh process; files are warm in the page cache, as they are for anyone who works. */
export async function measureStartup({ engine, threads, home, models, times, log }) {
  const ready = [];
  const loads = Object.fromEntries(models.map((model) => [model, []]));
  for (let index = 0; index < times; index++) {
    const started = await startEngine({ engine, threads, home });
    ready.push(started.readyMs);
    for (const model of models) loads[model].push((await started.request('models/load', { model })).loadMs);
    await started.stop();
  }
  log(`engine ready in ${summarize(ready).median.toFixed(0)} ms`);
  return {
    ready: summarize(ready),
    loads: Object.entries(loads).map(([model, values]) => ({ model, ms: summarize(values) })),
  };
}
