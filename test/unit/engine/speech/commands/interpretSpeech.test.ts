import { describe, expect, it, vi } from 'vitest';
import { interpretSpeech } from '../../../../../src/engine/speech/commands/interpretSpeech';
import type { InterpretSpeechParams } from '../../../../../src/protocol';

const text = 'def fibonacci(n):\n    return n\n\n\nclass UserStore:\n    pass\n';
const document = { languageId: 'python', text };
const interpret = (said: string | readonly string[], rest: Partial<InterpretSpeechParams> = {}) =>
  interpretSpeech({ alternatives: typeof said === 'string' ? [said] : said, document, ...rest });

// Hundreds of utterances, a second alone, and more where the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

describe('alternatives', () => {
  it('takes the one that makes sense in the open file', async () => {
    const { heard, outcome } = await interpret(['return fibber nacho of and', 'return fibonacci of n']);
    expect(heard).toBe('return fibonacci of n');
    expect(outcome).toMatchObject({ kind: 'insert', text: 'return fibonacci(n)' });
  });

  it("keeps the recogniser's order between equals", async () => {
    expect((await interpret(['undo', 'redo'])).heard).toBe('undo');
  });

  it('prefers words that the file and its language know, further down the list', async () => {
    const guesses = ['return truss', 'return trews', 'return true'];
    expect((await interpret(guesses)).outcome).toMatchObject({ kind: 'insert', text: 'return True' });
    const run = ['n equals userstoredotfibonacciofn', 'n equals m dot fibonacci of n'];
    expect((await interpret(run)).outcome).toMatchObject({ kind: 'insert', text: 'n = m.fibonacci(n)' });
  });
});

it('takes no dictated code for a search', async () => {
  const code = 'find camille parse body open paren our star close paren open brace';
  expect((await interpret(code)).outcome.kind).toBe('insert');
  expect((await interpret('find open paren')).outcome.kind).toBe('run');
});

describe('commands of extensions', () => {
  const extensionCommands = [
    { id: 'cat.feed', title: 'Feed Hungry Cats', category: 'Cats' },
    { id: 'workbench.action.files.save', title: 'Other Title' },
  ];

  it('are understood beside VS Code’s own, whose titles stay ours', async () => {
    const fed = await interpret('feed hungry cats', { extensionCommands });
    expect(fed.outcome).toMatchObject({ kind: 'run', command: { command: 'cat.feed', source: 'palette' } });
    const saved = await interpret('save', { extensionCommands });
    expect(saved.outcome).toMatchObject({ kind: 'run', command: { title: 'Save' } });
    expect((await interpret('feed hungry cats')).outcome.kind).not.toBe('run');
  });
});

describe('alternatives to what was taken back', () => {
  it.each([
    [['never mind', 'undo'], 'dismissed'],
    [["don't save", 'do save', 'save'], 'negated'],
  ])('%j: nothing is done', async (alternatives, reason) => {
    expect((await interpret(alternatives)).outcome).toMatchObject({ kind: 'none', reason });
  });
});

describe('targets', () => {
  it('are where the symbol is declared', async () => {
    const { outcome } = await interpret('go to class user store');
    expect(outcome).toMatchObject({ command: { target: { name: 'UserStore', offset: text.indexOf('UserStore') } } });
  });

  it('name what will happen', async () => {
    const { outcome } = await interpret('delete the file notes', { files: ['docs/notes.md'] });
    expect(outcome).toMatchObject({ kind: 'confirm', command: { title: 'Delete File: docs/notes.md' } });
  });

  it('are asked about where several fit', async () => {
    const { outcome } = await interpret('open index', { files: ['a/index.ts', 'b/index.ts', 'c/other.ts'] });
    expect(outcome.kind === 'didYouMean' && outcome.commands.map(({ args }) => args)).toEqual([
      { path: 'a/index.ts' },
      { path: 'b/index.ts' },
    ]);
  });
});

describe('nothing', () => {
  it.each([
    ['', {}, 'empty'],
    ['   ', {}, 'empty'],
    ['[MUSIC] (coughs)', {}, 'noise'],
    ['um, er', {}, 'noise'],
    ['never mind', {}, 'dismissed'],
    ["don't save", {}, 'negated'],
    ['go to line ninety', {}, 'line_out_of_range'],
    ['go to function quicksort', {}, 'unknown_symbol'],
    ['open file quicksort', {}, 'unknown_file'],
    ['elephant parade', {}, 'no_match'],
    ['go to line three', { document: undefined, mode: 'command' }, 'no_document'],
  ] as const)('%j: %j → %s', async (said, rest, reason) => {
    const params = { alternatives: [said], document, ...rest } as InterpretSpeechParams;
    expect((await interpretSpeech(params)).outcome).toMatchObject({ kind: 'none', reason });
  });
});

describe('what ends too early', () => {
  it.each(['rename this to', 'kill it', 'call it'])('is not run with a name of no letters: %j', async (said) => {
    const { outcome } = await interpret(said, { mode: 'command' });
    expect(outcome.kind).toMatch(/^(none|didYouMean)$/);
  });
});

describe('modes', () => {
  it('insert commands that were meant as text, and refuse text that was meant as a command', async () => {
    expect((await interpret('undo', { mode: 'dictation' })).outcome).toMatchObject({ kind: 'insert', text: 'undo' });
    expect((await interpret('x equals one', { mode: 'command' })).outcome).toMatchObject({ kind: 'none' });
  });

  it('never run a line in a terminal that was only dictated', async () => {
    const { outcome } = await interpret('type rm dash rf slash new line', { focus: 'terminal' });
    expect(outcome).toMatchObject({ kind: 'confirm', why: 'dangerous', command: { args: { text: 'rm -rf/\r' } } });
  });
});

describe('large and odd input', () => {
  const huge = Array.from({ length: 5000 }, (_, i) => `const someValue${i} = otherName${i % 977};`).join('\n');

  it.each([
    ['a large file', huge],
    ['one long line', huge.replaceAll('\n', ' ')],
    ['comments that never end', '/*'.repeat(200_000)],
    ['quotation marks', `"""'''`.repeat(100_000)],
  ])('is read in a moment: %s', async (_, text) => {
    const started = performance.now();
    await interpret('go to function some value twelve thousand', { document: { languageId: 'typescript', text } });
    await interpret('x equals some vallew five', { document: { languageId: 'typescript', text } });
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  it.each(['🙂', '$slot $1 ${x}', 'go to '.repeat(300), 'a '.repeat(2000), '((((', '\u0000\n\r'])(
    'has an outcome: %j',
    async (said) => {
      expect((await interpret(said)).outcome.kind).toMatch(/^(insert|none|didYouMean|confirm)$/);
    },
  );
});
