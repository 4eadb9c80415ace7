/**
 * The cases that the desktop VS Code runs on a Mac, here in code-server: the same code in the same extension host.
 * Needs what completion.test.ts needs.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainFailures } from './harness/explain';
import { root } from './harness/paths';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

const file = join(root, 'test', 'desktop', 'cases.cjs');
const makeCases = createRequire(import.meta.url)(file) as (vscode: unknown) => { name: string }[];
const names = makeCases(undefined).map(({ name }, index) => ({ name, index }));

let workbench: Workbench;
explainFailures(() => workbench);
beforeAll(async () => {
  workbench = await Workbench.start({ files: { 'fibonacci.py': samples['fibonacci.py'] } });
});
afterAll(() => workbench?.stop());

it.each(names)('$name', async ({ index }) => {
  const done = workbench.probe.ask('runCase', { file, index });
  // VS Code asks its user before an extension may use another's models; on the desktop the caller is Pteron itself.
  const allow = workbench.page.getByRole('button', { name: 'Allow' });
  const finished = done.then(() => 'finished' as const);
  await Promise.race([finished, allow.click({ timeout: 200_000 }).catch(() => undefined)]);
  expect(await finished).toBe('finished');
});
