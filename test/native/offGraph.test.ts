/** Programs whose KV caches lie outside the graph: run by our delegate, refused on a Mac with the command that mends it. */
import { expect, test } from 'vitest';
import { join } from 'node:path';
import { addon, foreignPath, load } from './support/fixtures';

const programs = [join(__dirname, 'fixtures', 'off_graph.pte'), foreignPath('tiny-qwen3', 'off_graph')];

test.each(programs)('%s', async (path) => {
  if (process.platform !== 'darwin') {
    const [graph] = (await load(path)).graphs;
    expect(graph?.nodeCounts.UpdateAndAttendNode).toBeGreaterThan(0);
    return;
  }
  const error = (await addon.Program.load(path).catch((thrown: unknown) => thrown)) as { code: string; remedy: string };
  expect(error.code).toBe('unsupported_cache');
  expect(error.remedy).toContain('--use-custom-kv-cache');
});
