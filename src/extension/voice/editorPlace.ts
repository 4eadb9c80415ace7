/**
 * The cursor as a place for spoken text. While the user speaks it is wherever the cursor is, in whatever editor; once the key was let go it
 * stays where the cursor was, through the edits made meanwhile, and the cursor may go elsewhere.
 */
import * as vscode from 'vscode';
import type { SpokenDocument } from '../../protocol';
import { indented } from './indentation';
import type { PartialText } from './partialText';
import type { SpokenPlace } from './place';
import { placeThrough, type Span } from './span';
import { withLineEnds, type SpokenEdits } from './spokenEdits';

/** Beyond it the engine is not given the document: sending it would take longer than it helps. */
const longestDocument = 1_500_000;
const mostAttempts = 20;

interface Pinned {
  readonly document: vscode.TextDocument;
  spans: readonly Span[];
}

export class EditorPlace implements SpokenPlace {
  readonly focus = 'editor';
  private pinned: Pinned | undefined;
  private shown: readonly [string, string] = ['', ''];
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly partial: PartialText,
    private readonly edits: SpokenEdits,
    private readonly partialWanted: () => boolean,
  ) {
    this.listeners = [
      vscode.window.onDidChangeTextEditorSelection(() => this.render()),
      vscode.window.onDidChangeActiveTextEditor(() => this.render()),
      vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)),
    ];
  }

  document(): SpokenDocument | undefined {
    const place = this.now();
    return place && spokenDocument(place.document, place.spans[0]?.start);
  }

  showPartial(confirmed: string, tentative: string): void {
    this.shown = [confirmed, tentative];
    this.render();
  }

  pin(): void {
    this.pinned ??= this.now();
  }

  /** An edit is refused where the user types at the same moment: then the place has moved, and it is tried there. */
  async insert(text: string): Promise<boolean> {
    this.pin();
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      if (!this.pinned || this.pinned.document.isClosed) return false;
      if (await this.insertAt(this.pinned, text)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
    return false;
  }

  dispose(): void {
    this.partial.clear();
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }

  private async insertAt({ document, spans }: Pinned, text: string): Promise<boolean> {
    const editor = editorOf(document);
    const cursorIsHere = editor !== undefined && sameSpans(selectionSpans(editor), spans);
    const style = { unit: indentUnit(editor) };
    const written = spans.map((span) => {
      const before = beforeOn(document, span.start);
      return { ...span, text: withLineEnds(document, indented(text, before, style)) };
    });
    if (!(await this.edits.apply(document, written))) return false;
    // Only what was replaced is left selected; a cursor went along by itself.
    if (cursorIsHere && spans.some(({ start, end }) => start < end)) putCursorAfter(editor, written);
    return true;
  }

  private now(): Pinned | undefined {
    if (this.pinned) return this.pinned;
    const editor = vscode.window.activeTextEditor;
    return editor && { document: editor.document, spans: selectionSpans(editor) };
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const { pinned } = this;
    if (pinned?.document !== document) return;
    for (const change of contentChanges) pinned.spans = pinned.spans.map((span) => placeThrough(span, change));
    this.render();
  }

  private render(): void {
    const [confirmed, tentative] = this.partialWanted() ? this.shown : ['', ''];
    const place = this.now();
    const editor = place && editorOf(place.document);
    const span = place?.spans[0];
    if (!editor || !span) return this.partial.clear();
    this.partial.show(editor, editor.document.positionAt(span.end), confirmed, tentative);
  }
}

export function spokenDocument(document: vscode.TextDocument, offset?: number): SpokenDocument | undefined {
  const text = document.getText();
  if (text.length > longestDocument) return undefined;
  const path = document.isUntitled ? undefined : vscode.workspace.asRelativePath(document.uri, false);
  return {
    languageId: document.languageId,
    text,
    ...(offset === undefined ? {} : { offset }),
    ...(path === undefined ? {} : { path }),
  };
}

/** The active one where several show the document. */
function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const { activeTextEditor: active, visibleTextEditors } = vscode.window;
  return active?.document === document ? active : visibleTextEditors.find((editor) => editor.document === document);
}

function selectionSpans({ document, selections }: vscode.TextEditor): Span[] {
  return selections.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every(({ start, end }, n) => b[n]?.start === start && b[n].end === end);
}

function beforeOn(document: vscode.TextDocument, offset: number): string {
  const position = document.positionAt(offset);
  return document.lineAt(position).text.slice(0, position.character);
}

function indentUnit(editor: vscode.TextEditor | undefined): string {
  const { tabSize, insertSpaces } = editor?.options ?? {};
  return insertSpaces === false ? '\t' : ' '.repeat(typeof tabSize === 'number' ? tabSize : 4);
}

function putCursorAfter(editor: vscode.TextEditor, written: readonly (Span & { readonly text: string })[]): void {
  let shift = 0;
  const ends = written
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, text }) => {
      shift += text.length - (end - start);
      return end + shift;
    });
  editor.selections = ends.map((offset) => {
    const at = editor.document.positionAt(offset);
    return new vscode.Selection(at, at);
  });
  const [first] = editor.selections;
  if (first) editor.revealRange(first);
}
