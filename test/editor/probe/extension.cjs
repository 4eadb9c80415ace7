/** Answers one JSON request a line on the socket named by PTERON_PROBE_SOCKET. Test code: never shipped. */
const net = require('node:net');
const vscode = require('vscode');

const operations = {
  /** The API that Pteron exports. */
  api: async () => {
    const extension = vscode.extensions.getExtension('pteron.pteron');
    const api = extension.isActive ? extension.exports : await extension.activate();
    return {
      version: api.version,
      activationMs: api.activationMs,
      engine: api.engineState(),
      status: api.status(),
      voice: api.voice(),
      suggestions: api.suggestions(),
      newestLog: api.newestLog(),
    };
  },
  text: async ({ endsWith }) => {
    const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.path.endsWith(endsWith));
    return document ? document.getText() : null;
  },
  /** Where the primary cursor of the active editor is, counted from 0, and what is selected. */
  selection: async () => {
    const { selection, document } = vscode.window.activeTextEditor;
    const { line, character } = selection.active;
    return { line, character, text: document.getText(selection) };
  },
  command: async ({ id, args = [] }) => {
    await vscode.commands.executeCommand(id, ...args);
    return null;
  },
  configure: async ({ key, value }) => {
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
    return null;
  },
  clipboard: async () => vscode.env.clipboard.readText(),
  languageModels: async () => {
    const models = await vscode.lm.selectChatModels({ vendor: 'pteron' });
    return models.map(({ id, name, family, maxInputTokens }) => ({ id, name, family, maxInputTokens }));
  },
  askLanguageModel: async ({ question }) => {
    const [model] = await vscode.lm.selectChatModels({ vendor: 'pteron' });
    const messages = [vscode.LanguageModelChatMessage.User(question)];
    const response = await model.sendRequest(messages, {
      justification: 'Pteron’s own tests',
      modelOptions: { temperature: 0 },
    });
    const parts = [];
    for await (const part of response.text) parts.push(part);
    return { parts, tokens: await model.countTokens(question) };
  },
};

/** One of the cases that the desktop VS Code runs too (test/desktop/cases.cjs). */
operations.runCase = async ({ file, index }) => {
  await require(file)(vscode)[index].run();
  return null;
};

function serve(socket) {
  let pending = '';
  socket.setEncoding('utf8').on('data', async (chunk) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop();
    for (const line of lines) {
      const { request, operation, ...parameters } = JSON.parse(line);
      const answer = await operations[operation](parameters).then(
        (result) => ({ request, result }),
        (error) => ({ request, error: String(error?.message ?? error) }),
      );
      if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
    }
  });
  socket.on('error', () => undefined);
}

exports.activate = (context) => {
  const path = process.env.PTERON_PROBE_SOCKET;
  if (!path) return;
  require('node:fs').rmSync(path, { force: true });
  const server = net.createServer(serve).listen(path);
  context.subscriptions.push({ dispose: () => server.close() });
};
