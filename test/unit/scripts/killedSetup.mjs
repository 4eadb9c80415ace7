// A set-up of two steps, the second of which is slow: the test kills it there, then runs it again with --finish.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFolder } from '../../../scripts/setup/files.mjs';
import { acquireLock } from '../../../scripts/setup/lock.mjs';
import { resolvePaths } from '../../../scripts/setup/paths.mjs';
import { runSteps } from '../../../scripts/setup/runner.mjs';

const root = process.env.PTERON_TEST_ROOT;
const paths = resolvePaths({ PTERON_CACHE: join(root, 'cache'), PTERON_HOME: root }, root, 'linux', 'x64');
const quick = { id: 'quick', title: 'Quick', scope: 'cache', run: async () => {} };
const slow = {
  id: 'slow',
  title: 'Slow',
  scope: 'cache',
  outputs: () => [join(root, 'result')],
  run: () =>
    replaceFolder(join(root, 'result'), async (folder) => {
      writeFileSync(join(folder, 'file'), 'half');
      if (!process.argv.includes('--finish')) {
        process.send('in mid-step');
        await sleep(60_000);
      }
      writeFileSync(join(folder, 'file'), 'whole');
    }),
};
const release = await acquireLock(join(paths.cache, 'setup.lock'), { pollMs: 20 });
const report = await runSteps([quick, slow], paths);
release();
process.send(report, () => process.exit(0));
