/** Pteron's models as other extensions see them, through vscode.lm. Needs what completion.test.ts needs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainFailures } from './harness/explain';
import { until } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

let workbench: Workbench;
explainFailures(() => workbench);
beforeAll(async () => {
  workbench = await Workbench.start({ files: samples });
});
afterAll(() => workbench?.stop());

interface Model {
  readonly id: string;
  readonly family: string;
  readonly maxInputTokens: number;
}

it('lists the installed chat models and no others', async () => {
  const models = await until('models are listed', async () => {
    const listed = (await workbench.probe.ask('languageModels')) as Model[];
    return listed.length > 0 ? listed : undefined;
  });
  expect(models.map(({ id }) => id)).toContain('smollm2-135m-instruct');
  expect(models.map(({ id }) => id)).not.toContain('gemma-3-270m');
  expect(models[0]?.maxInputTokens).toBeGreaterThan(512);
});

it('answers another extension in several parts, and counts tokens', async () => {
  const asked = workbench.probe.ask('askLanguageModel', { question: 'Write a Python function that adds two numbers.' });
  // VS Code asks its user before an extension may use another's models.
  const allow = workbench.page.getByRole('button', { name: 'Allow' });
  const answered = asked.then(() => 'answered' as const);
  await Promise.race([answered, allow.click({ timeout: 120_000 }).catch(() => undefined)]);
  const { parts, tokens } = (await asked) as { parts: string[]; tokens: number };
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.join('')).toContain('def ');
  expect(tokens).toBeGreaterThan(3);
  expect(tokens).toBeLessThan(30);
});
