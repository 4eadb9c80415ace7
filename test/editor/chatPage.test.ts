/** The chat's page alone in Chromium, with a host that sends it what no well-behaved model would. Needs only Chromium. */
import { join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FromView, ToView, Turn } from '../../src/protocol/chatView';
import { browserArguments } from './harness/browser';
import { chromium, root, screenshots } from './harness/paths';
import { until } from './harness/until';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await playwright.launch({ executablePath: chromium, args: browserArguments });
});
afterAll(() => browser?.close());

beforeEach(async () => {
  await page?.close();
  page = await browser.newPage({ viewport: { width: 340, height: 700 } });
  await page.setContent('<body class="vscode-dark"><div id="app"></div></body>');
  await page.evaluate(`window.sent = []; window.state = undefined;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.sent.push(message),
      getState: () => window.state,
      setState: (state) => { window.state = state; },
    });`);
  await page.addStyleTag({ path: join(root, 'dist', 'webview', 'chat.css') });
  await page.addScriptTag({ path: join(root, 'dist', 'webview', 'chat.js') });
});

const sent = (): Promise<FromView[]> => page.evaluate('window.sent') as Promise<FromView[]>;
const post = (message: unknown): Promise<unknown> => page.evaluate((data) => window.postMessage(data, '*'), message);
const turn = (answer: string, change: Partial<Turn> = {}): Turn => ({
  id: 't',
  question: 'q',
  answer,
  state: 'complete',
  ...change,
});
const show = (...turns: Turn[]): Promise<unknown> => post({ type: 'conversation', turns, earlier: 1 } satisfies ToView);

it('asks for the conversation, and shows a welcome when there is none', async () => {
  expect((await sent()).filter(({ type }) => type !== 'focused')).toEqual([{ type: 'ready' }]);
  await show();
  await page.locator('.welcome').waitFor();
  await page.locator('.example').first().click();
  expect((await sent()).at(-1)).toMatchObject({ type: 'send' });
});

it('shows hostile Markdown as text, and runs or loads none of it', async () => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const hostile = [
    '<img src=x onerror="window.hacked = 1"><script>window.hacked = 2</script>',
    '[click](javascript:window.hacked=3) <a href="javascript:window.hacked=4">x</a>',
    '![pixel](https://example.org/pixel.png)',
    '<iframe src="https://example.org"></iframe><style>body{display:none}</style><form action="https://example.org">',
    '```"><img src=x onerror=window.hacked=5>\ncode\n```',
  ].join('\n\n');
  await show(turn(hostile, { question: '<b onclick=x>bold?</b>' }));
  await page.locator('.answer').waitFor();
  expect(
    await page.locator('.answer :is(img, script, iframe, style, form, [onerror], [onclick], a[href])').count(),
  ).toBe(0);
  expect(await page.locator('.question').textContent()).toBe('<b onclick=x>bold?</b>');
  for (const link of await page.locator('.answer a').all()) await link.click();
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  expect((await sent()).filter(({ type }) => type === 'openLink')).toEqual([]);
  expect(requests).toEqual([]);
});

it('opens a web link through the host', async () => {
  await show(turn('See [the manual](https://example.org/manual).'));
  await page.locator('.answer a').click();
  expect((await sent()).at(-1)).toEqual({ type: 'openLink', href: 'https://example.org/manual' });
});

it('ignores messages of another shape and says so', async () => {
  await post({ type: 'conversation', turns: 'all of them' });
  await until('it was reported', async () => (await sent()).at(-1)?.type === 'ignored');
});

it('renders text as it arrives, also an open code block', async () => {
  await post({ type: 'turn', turn: turn('', { state: 'streaming' }) } satisfies ToView);
  await page.locator('.waiting').waitFor();
  for (const text of ['Look:\n\n``', '`js\nconst a = ', '1;\n'])
    await post({ type: 'delta', turn: 't', text } satisfies ToView);
  await page.locator('.code-block .hljs-keyword', { hasText: 'const' }).waitFor();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  expect((await sent()).at(-1)).toEqual({ type: 'copy', text: 'const a = 1;\n' });
  await page.keyboard.press('Escape');
});

it('is used with the keyboard alone', async () => {
  await show(turn('An answer.', { question: 'first question' }));
  await page.locator('textarea').focus();
  await page.keyboard.press('ArrowUp');
  expect(await page.locator('textarea').inputValue()).toBe('first question');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('more');
  await page.keyboard.press('Enter');
  expect((await sent()).at(-1)).toEqual({ type: 'send', text: 'first question\nmore' });
  await post({ type: 'turn', turn: turn('', { id: 'u', state: 'streaming' }) } satisfies ToView);
  await page.getByRole('button', { name: /^Stop/ }).waitFor();
  await page.keyboard.press('Escape');
  expect((await sent()).at(-1)).toEqual({ type: 'stop' });
});

it('keeps the place of a reader who scrolled up while text arrives', async () => {
  const long = Array.from({ length: 200 }, (_, n) => `Paragraph ${n}.`).join('\n\n');
  await post({ type: 'turn', turn: turn(long, { state: 'streaming' }) } satisfies ToView);
  const list = page.locator('.conversation');
  const fromEnd = (): Promise<number> =>
    list.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  await until('it follows the end', async () => (await fromEnd()) < 5);
  await list.evaluate((node) => node.scrollTo(0, 100));
  await until('the scroll was noticed', async () => (await fromEnd()) > 500);
  await post({ type: 'delta', turn: 't', text: '\n\nThe very last paragraph.' } satisfies ToView);
  await page.getByText('The very last paragraph.').waitFor({ state: 'attached' });
  expect(await list.evaluate((node) => node.scrollTop)).toBe(100);
});

it('shows what is understood of speech, writes it at the caret, takes it back, and sends on command only', async () => {
  await show(turn('An answer.'));
  const box = page.locator('textarea');
  await box.fill('Please explain and be brief');
  await box.evaluate((node: HTMLTextAreaElement) => node.setSelectionRange(14, 14));
  await page.getByRole('button', { name: 'Speak' }).click();
  expect((await sent()).at(-1)).toEqual({ type: 'talk' });
  await post({ type: 'voice', state: 'speech', level: 0.8 } satisfies ToView);
  await page.getByRole('button', { name: /^Listening/ }).waitFor();
  await post({ type: 'spoken', confirmed: 'this <b>function</b>', tentative: ' here' } satisfies ToView);
  expect(await page.locator('.heard .confirmed').textContent()).toBe('this <b>function</b>');
  expect(await page.locator('.heard .tentative').textContent()).toBe(' here');
  await page.screenshot({ path: join(screenshots, 'chat-page-listening.png') });

  const value = (): Promise<string> => box.inputValue();
  await post({ type: 'spoken', confirmed: '', tentative: '' } satisfies ToView);
  await post({ type: 'dictated', text: 'this function' } satisfies ToView);
  await until('it is written', async () => (await value()) === 'Please explain this function and be brief');
  expect(await page.locator('.heard').isVisible()).toBe(false);
  await page.keyboard.press('Control+Z');
  await until('one step undoes it', async () => (await value()) === 'Please explain and be brief');
  await page.keyboard.press('Control+Shift+Z');
  await post({ type: 'takeBack' } satisfies ToView);
  await until('it is taken back', async () => (await value()) === 'Please explain and be brief');

  await post({ type: 'dictated', text: 'it' } satisfies ToView);
  await until('it is written', async () => (await value()).includes('explain it'));
  await page.keyboard.type('!');
  await post({ type: 'takeBack' } satisfies ToView); // edited since
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await value()).toContain('explain it!');
  expect((await sent()).some(({ type }) => type === 'send')).toBe(false);
  await post({ type: 'submit' } satisfies ToView);
  await until('it is sent', async () => (await sent()).at(-1)?.type === 'send');
});
