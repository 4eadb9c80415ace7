/** What was spoken into documents, so that "scratch that" takes the last of it back in one step, wherever it is by then. */
import * as vscode from 'vscode';
import { through, type Span } from './span';

export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Piece {
  readonly written: Span;
  readonly replaced: string;
}

/** A piece is undefined once it was changed by hand. */
interface Insertion {
  readonly kind: 'text';
  readonly document: vscode.TextDocument;
  pieces: (Piece | undefined)[];
}
/** A command that changed a document: undone by the editor while nothing else has changed it. */
interface Changed {
  readonly kind: 'command';
  readonly document: vscode.TextDocument;
  readonly version: number;
}
/** The chat's page knows its text. */
interface InChat {
  readonly kind: 'chat';
}
type SpokenEdit = Insertion | Changed | InChat;

/** 'changed': it is there, but not as it was spoken. */
export type TakenBack = 'done' | 'changed' | 'nothing';

const mostKept = 50;

export class SpokenEdits implements vscode.Disposable {
  private edits: SpokenEdit[] = [];
  private readonly listener = vscode.workspace.onDidChangeTextDocument((event) => this.follow(event));

  constructor(private readonly takeBackInChat: () => void) {}

  /** Applies edits that do not overlap, as one undo step. False if the document would not take them. */
  async apply(document: vscode.TextDocument, edits: readonly TextEdit[]): Promise<boolean> {
    const ordered = edits
      .map((edit) => ({ ...edit, text: withLineEnds(document, edit.text) }))
      .sort((a, b) => a.start - b.start);
    const replaced = ordered.map((edit) => document.getText(rangeOf(document, edit)));
    if (!(await write(document, ordered))) return false;
    let shift = 0;
    const pieces = ordered.map(({ start, end, text }, n): Piece => {
      const from = start + shift;
      shift += text.length - (end - start);
      return { written: { start: from, end: from + text.length }, replaced: replaced[n] ?? '' };
    });
    this.add({ kind: 'text', document, pieces });
    return true;
  }

  addCommand(document: vscode.TextDocument): void {
    this.add({ kind: 'command', document, version: document.version });
  }

  addChat(): void {
    this.add({ kind: 'chat' });
  }

  async takeBack(): Promise<TakenBack> {
    const last = this.edits.pop();
    if (!last) return 'nothing';
    if (last.kind === 'chat') {
      this.takeBackInChat();
      return 'done';
    }
    if (last.document.isClosed) return this.takeBack();
    return last.kind === 'command' ? undo(last) : restore(last);
  }

  dispose(): void {
    this.listener.dispose();
    this.edits = [];
  }

  private add(edit: SpokenEdit): void {
    this.edits = [...this.edits, edit].slice(-mostKept);
  }

  private follow({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const here = this.edits.filter((edit): edit is Insertion => edit.kind === 'text' && edit.document === document);
    for (const edit of here) {
      for (const change of contentChanges) edit.pieces = edit.pieces.map((piece) => moved(piece, change));
    }
    if (reason !== vscode.TextDocumentChangeReason.Undo) return;
    // Undone by hand: nothing is left of it to take back.
    this.edits = this.edits.filter((edit) => edit.kind !== 'text' || edit.pieces.some((piece) => piece));
  }
}

/** Line breaks as the document has them: the editor would make them so, and their length matters here. */
export function withLineEnds(document: vscode.TextDocument, text: string): string {
  return text.replace(/\r?\n/g, document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

function moved(piece: Piece | undefined, change: vscode.TextDocumentContentChangeEvent): Piece | undefined {
  const written = piece && through(piece.written, change);
  return piece && written ? { ...piece, written } : undefined;
}

async function restore({ document, pieces }: Insertion): Promise<TakenBack> {
  const whole = pieces.filter((piece) => piece !== undefined);
  if (whole.length < pieces.length) return 'changed';
  const edits = whole.map(({ written, replaced }) => ({ ...written, text: replaced }));
  return (await write(document, edits)) ? 'done' : 'changed';
}

async function undo({ document, version }: Changed): Promise<TakenBack> {
  if (document.version !== version) return 'changed';
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('undo');
  return 'done';
}

function rangeOf(document: vscode.TextDocument, { start, end }: Span): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

async function write(document: vscode.TextDocument, edits: readonly TextEdit[]): Promise<boolean> {
  const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
  if (editor) {
    return editor.edit((builder) => {
      for (const edit of edits) {
        const range = rangeOf(document, edit);
        // An insertion takes a cursor that is there along, as typing does.
        if (range.isEmpty) builder.insert(range.start, edit.text);
        else builder.replace(range, edit.text);
      }
    });
  }
  const workspaceEdit = new vscode.WorkspaceEdit();
  for (const edit of edits) workspaceEdit.replace(document.uri, rangeOf(document, edit), edit.text);
  return vscode.workspace.applyEdit(workspaceEdit);
}
