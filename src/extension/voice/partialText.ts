/** What was understood so far, after the cursor: firm where it will not change, faint where it may. */
import * as vscode from 'vscode';

const longestShown = 200;
const colour = new vscode.ThemeColor('editorGhostText.foreground');

export class PartialText implements vscode.Disposable {
  // One decoration with text on either side of nothing: their order is then certain.
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    before: { color: colour, fontStyle: 'normal' },
    after: { color: colour, fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private shownIn: vscode.TextEditor | undefined;

  show(editor: vscode.TextEditor, at: vscode.Position, confirmed: string, tentative: string): void {
    if (this.shownIn && this.shownIn !== editor) this.clear();
    if (confirmed + tentative === '') return this.clear();
    const [before, after] = newest(oneLine(confirmed), oneLine(tentative));
    editor.setDecorations(this.decoration, [
      {
        range: new vscode.Range(at, at),
        renderOptions: { before: { contentText: before }, after: { contentText: after } },
      },
    ]);
    this.shownIn = editor;
  }

  clear(): void {
    this.shownIn?.setDecorations(this.decoration, []);
    this.shownIn = undefined;
  }

  dispose(): void {
    this.clear();
    this.decoration.dispose();
  }
}

/** Spaces at an edge would be swallowed. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ⏎ ').replace(/^ | $/g, '\u00a0');
}

/** What is said last matters most. */
function newest(confirmed: string, tentative: string): [string, string] {
  const excess = confirmed.length + tentative.length - longestShown;
  return excess <= 0 ? [confirmed, tentative] : [`…${confirmed.slice(excess)}`, tentative.slice(-longestShown)];
}
