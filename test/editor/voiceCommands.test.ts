/** What phrases do in a real editor, typed as if they were spoken: no model hears them. Needs what completion.test.ts needs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpokenResult } from '../../src/extension/voice/state';
import { explainFailures } from './harness/explain';
import { until, untilMatches } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

const script = `export function add(a: number, b: number): number {
  return a + b;
}

console.log(add(1, 2));
`;
let workbench: Workbench;
explainFailures(() => workbench);
beforeAll(async () => {
  workbench = await Workbench.start({
    files: { ...samples, 'add.ts': script, 'windows.py': 'a = 1\r\nb = 2\r\n' },
    settings: { 'editor.quickSuggestions': false, 'pteron.completion.enabled': false },
  });
});
afterAll(() => workbench?.stop());

const text = async (file: string): Promise<string> => (await workbench.probe.text(file)) ?? '';
const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
const row = () => workbench.page.locator('.quick-input-list .monaco-list-row');

/** The page moves the cursor, and the extension learns of it a little later. */
async function goTo(key: string, line: number): Promise<void> {
  await press(key);
  await until('the cursor is there', async () => (await workbench.probe.selection()).line === line);
}

/** Resolves when what comes of it is done: not where a question stays open. */
async function say(phrase: string, focus = 'editor'): Promise<SpokenResult | undefined> {
  await workbench.probe.command('pteron.voice.typePhrase', { text: phrase, focus });
  const { voice } = await workbench.probe.api();
  return voice.kind === 'idle' ? voice.last : undefined;
}

describe('in a Python file', () => {
  const file = 'sequences.py';
  const before = samples[file];
  beforeEach(async () => {
    await workbench.openFile(file);
    expect(await text(file)).toBe(before);
  });

  it('goes to a symbol, and selects symbols and lines', async () => {
    await say('go to triangular');
    expect(await workbench.probe.selection()).toEqual({ line: 11, character: 4, text: '' });
    await say('select function factorial');
    expect(await workbench.probe.selection()).toMatchObject({ line: 16, text: 'factorial' });
    await say('select lines seven to nine');
    expect((await workbench.probe.selection()).text).toBe(before.split('\n').slice(6, 9).join('\n'));
  });

  it('runs a command on the lines that were said, and takes it back', async () => {
    expect(await say('delete lines three to four')).toMatchObject({ kind: 'ran' });
    expect(await text(file)).toBe(before.split('\n').toSpliced(2, 2).join('\n'));
    await say('scratch that');
    expect(await text(file)).toBe(before);
  });

  it('indents dictated lines, at every cursor, as one step', async () => {
    await workbench.probe.command('cursorTop');
    await workbench.probe.command('cursorMove', { to: 'down', by: 'line', value: 4 });
    await workbench.probe.command('editor.action.insertCursorBelow');
    const block = 'if count equals equals zero colon new line return none';
    expect(await say(block)).toMatchObject({ kind: 'inserted' });
    const written = 'if count == 0:\n    return None';
    const lines = before.split('\n');
    expect(await text(file)).toBe([...lines.slice(0, 4), written, written, ...lines.slice(6)].join('\n'));
    await press('Control+Z');
    await until('one step undoes it', async () => (await text(file)) === before);
    await press('Escape'); // one cursor again
  });

  it('takes dictation back where it stands by then, and leaves alone what was changed by hand', async () => {
    const last = before.split('\n').length - 1;
    await goTo('Control+End', last);
    await say('camel case get user name');
    await press('Control+Home');
    await workbench.page.keyboard.type('# typed ');
    await until('it was typed', async () => (await text(file)) === `# typed ${before} getUserName`);
    await say('scratch that');
    expect(await text(file)).toBe(`# typed ${before}`);

    await goTo('Control+End', last);
    await say('camel case get user name');
    await press('Backspace');
    const changed = `# typed ${before} getUserNam`;
    await until('it was changed', async () => (await text(file)) === changed);
    expect(await say('scratch that')).toMatchObject({ kind: 'failed', error: { code: 'command_failed' } });
    expect(await text(file)).toBe(changed);
    await until('all is undone', async () => {
      if ((await text(file)) === before) return true;
      await press('Control+Z');
      return false;
    });
  });

  it('asks which one is meant, takes a number for an answer, and takes back what the command changed', async () => {
    await say('select function factorial');
    void say('transform case');
    const wanted = row().filter({ hasText: 'Transform to Pascal Case' });
    await wanted.waitFor();
    await workbench.screenshot('voice-did-you-mean');
    const [number] = /\d$/.exec(((await wanted.textContent()) ?? '').trim()) ?? [];
    await say(`number ${number}`);
    await until('it is transformed', async () => (await text(file)) === before.replace('factorial', 'Factorial'));
    await say('scratch that');
    await until('it is taken back', async () => (await text(file)) === before);
  });

  it('runs nothing dangerous on Enter alone, nor for “yeah”', async () => {
    void say('replace all sequence with value');
    const question = row().filter({ hasText: 'Do not run it' });
    await question.waitFor();
    await say('yeah');
    expect(await question.count()).toBe(1);
    await press('Enter');
    await question.waitFor({ state: 'hidden' });
    expect(await text(file)).toBe(before);
  });

  it('says why nothing is done', async () => {
    expect(await say('go to line nine hundred')).toMatchObject({ kind: 'nothing', reason: 'line_out_of_range' });
    expect(await say('don’t delete line three')).toMatchObject({ kind: 'nothing', reason: 'negated' });
    expect(await say('um')).toMatchObject({ kind: 'nothing', reason: 'noise' });
    expect(await text(file)).toBe(before);
  });

  it('opens a file, at a line', async () => {
    await say('open file fibonacci at line three');
    await workbench.editor('fibonacci.py').waitFor();
    expect(await workbench.probe.selection()).toMatchObject({ line: 2 });
  });
});

it('renames by the language’s own means, and takes that back', async () => {
  await workbench.openFile('add.ts');
  await until('TypeScript renames', async () => {
    await say('rename add to total');
    return (await text('add.ts')) === script.replaceAll('add', 'total');
  });
  await say('scratch that');
  await until('it is taken back', async () => (await text('add.ts')) === script);
});

it('keeps a file’s line ends, and takes back what it wrote between them', async () => {
  await workbench.openFile('windows.py');
  await goTo('Control+End', 2);
  await goTo('Control+Home', 0);
  await say('x equals one new line y equals two new line');
  expect(await text('windows.py')).toBe('x = 1\r\ny = 2\r\na = 1\r\nb = 2\r\n');
  await say('scratch that');
  expect(await text('windows.py')).toBe('a = 1\r\nb = 2\r\n');
});

it('runs the user’s phrases, and says which one is wrong and why without forgetting the rest of what it knows', async () => {
  await workbench.openFile('notes.py');
  await workbench.probe.configure('pteron.voice.phrases', [{ say: 'ship it', command: 'cursorBottom' }]);
  await until('the phrase is known', async () => (await say('ship it'))?.kind === 'ran');
  await workbench.probe.configure('pteron.voice.phrases', [{ say: 'ship (it', command: 'cursorBottom' }]);
  const notification = workbench.page.locator('.notification-list-item', { hasText: 'ship (it' });
  await until('the bad phrase is told', async () => {
    expect(await say('go to line one')).toMatchObject({ kind: 'ran' });
    return (await notification.count()) > 0;
  });
  await workbench.screenshot('voice-bad-phrase');
  await workbench.probe.configure('pteron.voice.phrases', undefined);
});

it('asks in the chat with the selected code, stops the answer, and dictates into the box', async () => {
  await workbench.openFile('fibonacci.py');
  await say('select lines one to two');
  const chat = await workbench.openChat();
  await workbench.editor('fibonacci.py').waitFor();
  await say('ask what does this function do');
  const turn = chat.locator('.turn').last();
  await turn.locator('.question', { hasText: 'def fibonacci' }).waitFor();
  await say('stop', 'chat');
  await until('it is stopped or done', async () => {
    return ['stopped', 'complete'].includes((await turn.getAttribute('data-state')) ?? '');
  });
  await say('and why is it slow', 'chat');
  const box = chat.locator('textarea');
  await untilMatches('it is in the box', () => box.inputValue(), /why is it slow/i);
  await say('scratch that', 'chat');
  await until('it is taken out', async () => (await box.inputValue()) === '');
});
