/** The chat's input box and the terminal as places for spoken text. */
import * as vscode from 'vscode';
import type { SpokenDocument } from '../../protocol';
import type { ChatView } from '../chat/view';
import { spokenDocument } from './editorPlace';
import type { SpokenPlace } from './place';
import type { SpokenEdits } from './spokenEdits';

/** Text is put where the caret is in the input box; it is never sent by itself. */
export class ChatPlace implements SpokenPlace {
  readonly focus = 'chat';

  constructor(
    private readonly view: Pick<ChatView, 'post' | 'visible'>,
    private readonly edits: SpokenEdits,
  ) {}

  document(): SpokenDocument | undefined {
    return openDocument();
  }

  showPartial(confirmed: string, tentative: string): void {
    this.view.post({ type: 'spoken', confirmed, tentative });
  }

  pin(): void {
    // The caret of the input box is the page's own.
  }

  insert(text: string): Promise<boolean> {
    if (!this.view.visible) return Promise.resolve(false);
    this.view.post({ type: 'dictated', text });
    this.edits.addChat();
    return Promise.resolve(true);
  }

  dispose(): void {
    this.showPartial('', '');
  }
}

/** Text is typed at the prompt, without the line break that would run it. */
export class TerminalPlace implements SpokenPlace {
  readonly focus = 'terminal';
  private terminal = vscode.window.activeTerminal;
  private pinned = false;

  document(): SpokenDocument | undefined {
    return openDocument();
  }

  showPartial(): void {
    // A terminal has no ghost text: the status bar shows that something is heard.
  }

  pin(): void {
    if (!this.pinned) this.terminal = vscode.window.activeTerminal;
    this.pinned = true;
  }

  insert(text: string): Promise<boolean> {
    const { terminal } = this;
    if (!terminal || terminal.exitStatus !== undefined) return Promise.resolve(false);
    terminal.sendText(text.replace(/[\r\n]+/g, ' '), false);
    return Promise.resolve(true);
  }

  dispose(): void {
    this.terminal = undefined;
  }
}

function openDocument(): SpokenDocument | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && spokenDocument(editor.document, editor.document.offsetAt(editor.selection.active));
}
