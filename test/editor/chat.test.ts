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
  const turn = await ask(chat, longQuestion);
  await until('some text arrived', async () => (await answerOf(turn)).length > 40);
  await chat.getByRole('button', { name: /^Stop/ }).click();
  await untilState(turn, 'stopped');
  expect((await answerOf(turn)).length).toBeGreaterThan(40);
  await chat.getByRole('button', { name: /^Send/ }).waitFor();
  await workbench.screenshot('chat-stopped');
});

it('keeps the conversation over a reload of the window', async () => {
  await workbench.reload();
  const chat = await workbench.openChat();
  await chat.locator('.turn').nth(1).waitFor();
  expect(await chat.locator('.question').allTextContents()).toEqual([codeQuestion, longQuestion]);
  expect(await chat.locator('.turn').first().locator('.code-block code').first().textContent()).toContain('def ');
});

// A short answer can end before the kill: then the question is asked once more.
it('says so when the engine is killed in mid-answer, keeps the text, and works again', { retry: 3 }, async () => {
  const chat = await workbench.openChat();
  const engine = await until('the engine runs', async () => {
    const { engine: now } = await workbench.probe.api();
    return now.kind === 'running' ? now : undefined;
  });
  const turn = await ask(chat, longQuestion);
  const written = await until('some text arrived', async () => {
    const answer = await answerOf(turn);
    return answer.length > 40 ? answer : undefined;
  });
  process.kill(engine.pid, 'SIGKILL');
  await until(
    'the answer is interrupted',
    async () => (await turn.getAttribute('data-state')) === 'interrupted',
    15_000,
  );
  await turn.locator('.callout-error', { hasText: 'SIGKILL' }).waitFor();
  expect((await answerOf(turn)).startsWith(written.slice(0, 40))).toBe(true);
  await workbench.screenshot('chat-interrupted');

  const restarted = await until('another engine runs', async () => {
    const { engine: now } = await workbench.probe.api();
    return now.kind === 'running' && now.pid !== engine.pid ? now : undefined;
  });
  expect(restarted.pid).not.toBe(engine.pid);
  await turn.getByRole('button', { name: 'Try again' }).click();
  await until('the answer is written again', async () => {
    return (await turn.getAttribute('data-state')) === 'streaming' && (await answerOf(turn)).length > 40;
  });
  await chat.getByRole('button', { name: /^Stop/ }).click();
  await untilState(turn, 'stopped');
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
