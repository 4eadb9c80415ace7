/** The side panel: hosts the webview, checks every message, and does for it what only the extension host can. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fromViewSchema, type FromView, type ToView } from '../../protocol/chatView';
import type { Log } from '../log';
import { chatPage } from './page';
import type { ChatSession } from './session';

export const chatViewId = 'pteron.chat';

export interface ChatViewOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  /** Called once the page listens: the first sign that an engine will be needed. */
  readonly onReady: () => void;
}

export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private session: ChatSession | undefined;
  private focusWhenReady = false;
  private pageFocused = false;
  private readonly disposables: vscode.Disposable[] = [];

  constructor(private readonly options: ChatViewOptions) {
    this.disposables.push(vscode.window.registerWebviewViewProvider(chatViewId, this));
  }

  attach(session: ChatSession): void {
    this.session = session;
  }

  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  /** Whether the keyboard's focus is in the page. */
  get focused(): boolean {
    return this.visible && this.pageFocused;
  }

  post(message: ToView): void {
    void this.view?.webview.postMessage(message);
  }

  async reveal(): Promise<void> {
    this.focusWhenReady = true;
    await vscode.commands.executeCommand(`${chatViewId}.focus`);
    this.post({ type: 'focus' });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    const root = vscode.Uri.joinPath(this.options.extensionUri, 'dist', 'webview');
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    webview.html = chatPage({
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chat.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chat.css')).toString(),
      cspSource: webview.cspSource,
      nonce: crypto.randomUUID().replaceAll('-', ''),
    });
    const received = webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    view.onDidDispose(() => {
      received.dispose();
      if (this.view === view) [this.view, this.pageFocused] = [undefined, false];
    });
  }

  dispose(): void {
    for (const disposable of this.disposables.splice(0)) disposable.dispose();
  }

  private receive(message: unknown): void {
    const parsed = v.safeParse(fromViewSchema, message);
    if (!parsed.success) {
      this.options.log.warn(`chat: ignored a message from the view: ${parsed.issues[0].message}`);
      return;
    }
    this.handle(parsed.output).catch((error: unknown) => this.options.log.error(`chat: ${String(error)}`));
  }

  private async handle(message: FromView): Promise<void> {
    const { session } = this;
    if (!session) return;
    switch (message.type) {
      case 'ready':
        session.show();
        this.options.onReady();
        if (this.focusWhenReady) this.post({ type: 'focus' });
        this.focusWhenReady = false;
        return;
      case 'send':
        return session.ask(message.text);
      case 'stop':
        return session.stop();
      case 'retry':
        return session.retry(message.turn);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'insert':
        return insertAtCursor(message.text);
      case 'newChat':
        return session.startNew();
      case 'showHistory':
        return vscode.commands.executeCommand('pteron.chat.history');
      case 'chooseModel':
        return vscode.commands.executeCommand('pteron.chat.chooseModel');
      case 'showLog':
        return vscode.commands.executeCommand('pteron.showLog');
      case 'focused':
        this.pageFocused = message.focused;
        return;
      case 'talk':
        return vscode.commands.executeCommand('pteron.voice.talkInChat');
      case 'ignored':
        return this.options.log.warn(`chat: the view ignored a message: ${message.reason}`);
      case 'openLink':
        await vscode.env.openExternal(vscode.Uri.parse(message.href, true));
    }
  }
}

/** Replaces what is selected in the last active editor, and leaves the cursor after it. */
async function insertAtCursor(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) {
    void vscode.window.showInformationMessage('Open a file first: the code is inserted at its cursor.');
    return;
  }
  await editor.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, text.replace(/\n$/, ''));
  });
  editor.selections = editor.selections.map(({ end }) => new vscode.Selection(end, end));
  await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active });
}
