/** A real model's ghost text in a real editor. Needs code-server, Chromium, the addon and the demo models. */
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
    // Typed text stays as typed: no widget takes Tab, no line is indented again.
    settings: { 'editor.quickSuggestions': false, 'editor.autoIndent': 'none', 'pteron.chat.temperature': 0 },
  });
});
afterAll(() => workbench?.stop());

const file = 'fibonacci.py';
const before = samples[file];
const withoutSpace = (value: string): string => value.replaceAll(/\s+/g, '');
const text = async (): Promise<string> => (await workbench.probe.text(file)) ?? '';

it('shows what the model would write, and Tab accepts it', async () => {
  await workbench.openFile(file);
  await workbench.page.keyboard.press('Control+End');
  await workbench.page.keyboard.type('n');
  const ghost = await workbench.untilGhostText();
  await workbench.screenshot('ghost-text');
  await workbench.page.keyboard.press('Tab');
  const after = await until('the suggestion is in the document', async () => {
    const now = await text();
    return now.length > before.length + 1 ? now : undefined;
  });
  expect(withoutSpace(after)).toBe(withoutSpace(`${before}n${ghost}`));
  expect(after).toMatch(/return fibonacci\(n ?- ?1\)/);
  const { suggestions, engine } = await workbench.probe.api();
  expect(suggestions.accepted).toBe(1);
  if (engine.kind !== 'running') throw new Error(`the engine is ${engine.kind}`);
  console.log(`engine ready in ${engine.readyMs.toFixed(0)} ms; suggested: ${ghost}`);
});

it('accepts one word at a time, and keeps offering the rest without asking the model again', async () => {
  await workbench.page.keyboard.press('Control+A');
  await workbench.page.keyboard.press('Delete');
  await workbench.page.keyboard.insertText(before);
  await workbench.page.keyboard.type('n');
  const ghost = await workbench.untilGhostText();
  const start = (await text()).length;
  await workbench.page.keyboard.press('Control+ArrowRight'); // the space
  await until('the space was accepted', async () => (await text()).length > start);
  await workbench.page.keyboard.press('Control+ArrowRight');
  const accepted = await until('a word was accepted', async () => (await text()).slice(start).trim());
  expect(ghost.startsWith(accepted.trim())).toBe(true);
  expect(accepted.length).toBeLessThan(ghost.length);
  const rest = await workbench.untilGhostText();
  expect(withoutSpace(`${accepted}${rest}`)).toBe(withoutSpace(ghost));
  await workbench.screenshot('ghost-text-after-a-word');
});

it('follows typing as suggested, also through a bracket that the editor closes, and accepts the rest', async () => {
  const line = async (): Promise<string> => (await text()).split('\n').at(-1) ?? '';
  const expected = `${await line()}${await workbench.untilGhostText()}`;
  const next = (await workbench.ghostText()).charAt(0);
  await workbench.page.keyboard.type(next);
  await until('it was typed', async () => (await line()).includes(`fibonacci${next}`));
  await workbench.untilGhostText();
  await workbench.page.keyboard.press('Tab');
  await until('the whole suggestion is there', async () => (await line()) === expected);
});

it('shows nothing in the middle of a word', async () => {
  for (let n = 0; n < 5; n++) await workbench.page.keyboard.press('ArrowLeft');
  await workbench.page.keyboard.press('Control+ArrowLeft');
  await workbench.page.keyboard.press('ArrowRight');
  await workbench.page.keyboard.type('x');
  await until('the provider was asked and said why not', async () => {
    return (await workbench.probe.api()).newestLog.at(-1)?.includes('nothing to show (midWord)');
  });
  expect(await workbench.ghostText()).toBe('');
});

it('completes beside an open chat', async () => {
  await workbench.openFile('sequences.py');
  const chat = await workbench.openChat();
  await workbench.resizeSideBar(470);
  await chat
    .locator('textarea')
    .fill('Write a Python function that adds two numbers. Answer with a Python code block.');
  await chat.locator('textarea').press('Enter');
  await chat.locator('.turn[data-state="complete"]').waitFor({ timeout: 120_000 });
  await workbench.editor('sequences.py').click();
  await workbench.page.keyboard.press('Control+End');
  await workbench.page.keyboard.type('n');
  await workbench.untilGhostText();
  await workbench.screenshot('side-by-side');
});
