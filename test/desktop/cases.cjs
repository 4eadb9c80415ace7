/**
 * What must hold inside VS Code's extension host, whatever the workbench is drawn by: run in the desktop VS Code by
 * index.cjs (macOS), and in code-server by test/editor/desktopCases.test.ts (Linux).
 *
 * @param {typeof import('vscode')} vscode as the calling extension gets it
 * @returns {{ name: string, run: () => Promise<void> }[]} to be run in order
 */
module.exports = (vscode) => {
  const assert = require('node:assert/strict');

  const api = async () => {
    const extension = vscode.extensions.getExtension('pteron.pteron');
    return extension.isActive ? extension.exports : extension.activate();
  };

  /** Waits for a condition, never for a time; a value that is false or absent means not yet. */
  async function until(what, check, timeoutMs = 90_000) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const value = await check();
      if (value) return value;
      if (Date.now() > end) throw new Error(`timed out waiting until ${what}; log:\n${await newestLog()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const newestLog = async () => (await api()).newestLog().slice(-20).join('\n');

  const runningEngine = (former) =>
    until('the engine runs', async () => {
      const state = (await api()).engineState();
      return state.kind === 'running' && state.pid !== former ? state.pid : undefined;
    });

  /** Opens the sample with the cursor at its end. */
  async function openSample() {
    const [file] = await vscode.workspace.findFiles('**/fibonacci.py');
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    const end = editor.document.positionAt(editor.document.getText().length);
    editor.selection = new vscode.Selection(end, end);
    return editor.document;
  }

  async function ask(question) {
    const [model] = await until('the chat model is listed', async () => {
      const models = await vscode.lm.selectChatModels({ vendor: 'pteron' });
      return models.length > 0 ? models : undefined;
    });
    const response = await model.sendRequest([vscode.LanguageModelChatMessage.User(question)], {
      justification: 'Pteron’s own tests',
      modelOptions: { temperature: 0 },
    });
    const parts = [];
    for await (const part of response.text) parts.push(part);
    return parts;
  }

  return [
    {
      name: 'the extension activates and starts no engine by itself',
      async run() {
        const { version, engineState } = await api();
        assert.equal(version, vscode.extensions.getExtension('pteron.pteron').packageJSON.version);
        assert.equal(engineState().kind, 'stopped');
      },
    },
    {
      name: 'typing brings a suggestion, and accepting it changes the document',
      async run() {
        const document = await openSample();
        const before = document.getText();
        await vscode.commands.executeCommand('type', { text: 'n' });
        const { suggestions } = await api();
        // Asked for again until one is there: what still settles in a new window cancels the first.
        await until('a suggestion is offered', async () => {
          await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return suggestions().offered > 0;
        });
        const after = await until('it is accepted', async () => {
          await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
          const text = document.getText();
          return text.length > before.length + 1 ? text : undefined;
        });
        assert.match(after, /return fibonacci\(n ?- ?1\)/);
      },
    },
    {
      name: 'the engine is a process of its own, and is started again when it was killed',
      async run() {
        const pid = await runningEngine();
        assert.notEqual(pid, process.pid);
        process.kill(pid, 'SIGKILL');
        await until('its end was noticed', async () => {
          const state = (await api()).engineState();
          return state.kind !== 'running' || state.pid !== pid;
        });
        const answering = ask('What is the capital of France? Answer in one sentence.');
        assert.notEqual(await runningEngine(pid), pid);
        assert.match((await answering).join(''), /Paris/);
      },
    },
    {
      name: 'a chat model of VS Code answers in several parts',
      async run() {
        const parts = await ask('Write a Python function that adds two numbers.');
        assert.ok(parts.length > 1);
        assert.match(parts.join(''), /def /);
      },
    },
    {
      name: 'a phrase, as if it were spoken, writes at the cursor and is taken back',
      async run() {
        const document = await openSample();
        const before = document.getText();
        await vscode.commands.executeCommand('pteron.voice.typePhrase', {
          text: 'camel case get user name',
          focus: 'editor',
        });
        assert.match(document.getText(), /getUserName$/);
        await vscode.commands.executeCommand('pteron.voice.typePhrase', { text: 'scratch that', focus: 'editor' });
        assert.equal(document.getText(), before);
      },
    },
    {
      name: 'the chat panel opens',
      async run() {
        await vscode.commands.executeCommand('pteron.openChat');
        const { status } = await api();
        await until('nothing has failed', () => status().kind === 'ready' || status().kind === 'working');
      },
    },
  ];
};
