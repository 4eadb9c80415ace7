/** The side panel with a real model, over a reload and over the engine's death. Needs what completion.test.ts needs. */
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainFailures } from './harness/explain';
import { until } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

let workbench: Workbench;
explainFailures(() => workbench);
beforeAll(async () => {
  workbench = await Workbench.start({
    files: samples,
    settings: { 'pteron.chat.temperature': 0, 'pteron.completion.enabled': false },
  });
});
afterAll(() => workbench?.stop());

const codeQuestion = 'Write a Python function that adds two numbers. Answer with a Python code block.';
const longQuestion =
  'Write a very long story about a programmer who builds a compiler. Do not stop before two thousand words.';

async function ask(chat: FrameLocator, question: string): Promise<Locator> {
  await chat.locator('textarea').fill(question);
  await chat.locator('textarea').press('Enter');
  const turn = chat.locator('.turn').last();
  await turn.locator('.question', { hasText: question.slice(0, 30) }).waitFor();
  return turn;
}

const answerOf = async (turn: Locator): Promise<string> => (await turn.locator('.answer').textContent()) ?? '';
const untilState = (turn: Locator, state: string): Promise<unknown> =>
  until(`the answer is ${state}`, async () => (await turn.getAttribute('data-state')) === state, 120_000);

/** The id of the engine's process, once one runs that is not `former`. */
const runningEngine = (former?: number): Promise<number> =>
  until('the engine runs', async () => {
    const { engine } = await workbench.probe.api();
    return engine.kind === 'running' && engine.pid !== former ? engine.pid : undefined;
  });

/**
 * Asks, and holds the engine's process (SIGSTOP) in the middle of the answer. A small model can end its answer before it
 * is held, also with the last words still on their way to the page: then the question is asked again.
 */
async function askAndHold(chat: FrameLocator, question: string, pid: number): Promise<Locator> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const turn = await ask(chat, question);
    await until('some text arrived', async () => (await answerOf(turn)).length > 40);
    process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 500));
    if ((await turn.getAttribute('data-state')) === 'streaming') return turn;
    process.kill(pid, 'SIGCONT');
  }
  throw new Error('every answer ended before the engine could be held');
}

it('shows an answer with a code block that can be copied and inserted', async () => {
  await workbench.openFile('notes.py');
  await workbench.page.keyboard.press('Control+End');
  const chat = await workbench.openChat();
  const turn = await ask(chat, codeQuestion);
  await untilState(turn, 'complete');
  const code = turn.locator('.code-block').first();
  const source = (await code.locator('code').textContent()) ?? '';
  expect(source).toContain('def ');
  expect(await code.locator('.hljs-keyword').count()).toBeGreaterThan(0);
  await workbench.screenshot('chat-answer');

  await code.getByRole('button', { name: 'Copy' }).click();
  await until('the code is on the clipboard', async () => (await workbench.probe.clipboard()) === source);
  await code.getByRole('button', { name: 'Insert at cursor' }).click();
  await until('the code is in the editor', async () =>
    (await workbench.probe.text('notes.py'))?.includes(source.trim()),
  );
});

it('streams an answer, stops when told to, and keeps what was written', async () => {
  const chat = await workbench.openChat();
  const pid = await runningEngine();
  const turn = await askAndHold(chat, longQuestion, pid);
  await chat.getByRole('button', { name: /^Stop/ }).click();
  process.kill(pid, 'SIGCONT');
  await untilState(turn, 'stopped');
  expect((await answerOf(turn)).length).toBeGreaterThan(40);
  await chat.getByRole('button', { name: /^Send/ }).waitFor();
  await workbench.screenshot('chat-stopped');
});

it('keeps the conversation over a reload of the window', async () => {
  await workbench.reload();
  const chat = await workbench.openChat();
  await chat.locator('.turn').nth(1).waitFor();
  const [first, ...others] = await chat.locator('.question').allTextContents();
  expect(first).toBe(codeQuestion);
  expect(new Set(others)).toEqual(new Set([longQuestion]));
  expect(await chat.locator('.turn').first().locator('.code-block code').first().textContent()).toContain('def ');
});

it('says so when the engine is killed in mid-answer, keeps the text, and works again', async () => {
  const chat = await workbench.openChat();
  const pid = await runningEngine();
  const turn = await askAndHold(chat, longQuestion, pid);
  const written = await answerOf(turn);
  process.kill(pid, 'SIGKILL');
  await until(
    'the answer is interrupted',
    async () => (await turn.getAttribute('data-state')) === 'interrupted',
    15_000,
  );
  await turn.locator('.callout-error', { hasText: 'SIGKILL' }).waitFor();
  expect((await answerOf(turn)).startsWith(written.slice(0, 40))).toBe(true);
  await workbench.screenshot('chat-interrupted');

  expect(await runningEngine(pid)).not.toBe(pid);
  await turn.getByRole('button', { name: 'Try again' }).click();
  await until('the answer is written again', async () => {
    return (await turn.getAttribute('data-state')) !== 'interrupted' && (await answerOf(turn)).length > 40;
  });
});

it('starts a new chat and finds the earlier one again', async () => {
  const chat = await workbench.openChat();
  await workbench.probe.command('pteron.chat.new');
  await chat.locator('.welcome').waitFor();
  await workbench.screenshot('chat-welcome');
  void workbench.probe.command('pteron.chat.history');
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Write a Python function' }).click();
  await chat.locator('.question', { hasText: codeQuestion.slice(0, 30) }).waitFor();
});
