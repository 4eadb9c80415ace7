/** Where a spoken command works: lines, or a symbol of the open file. */
import * as vscode from 'vscode';
import type { SpokenTarget } from '../../protocol';
import { commandFailed } from './errors';

/** How much of the target is selected: nothing to go there, all of it to select it, several lines for a command on lines. */
export type Extent = 'cursor' | 'all' | 'lines';

/** @throws where no file is open */
export async function goToTarget(target: SpokenTarget, extent: Extent): Promise<void> {
  const active = vscode.window.activeTextEditor;
  if (!active) throw commandFailed('No file is open.');
  const column = active.viewColumn;
  const editor = await vscode.window.showTextDocument(
    active.document,
    column === undefined ? {} : { viewColumn: column },
  );
  const range = rangeOf(editor.document, target);
  const wanted =
    extent === 'cursor' || (extent === 'lines' && range.isSingleLine)
      ? new vscode.Range(range.start, range.start)
      : range;
  editor.selection = new vscode.Selection(wanted.start, wanted.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function rangeOf(document: vscode.TextDocument, target: SpokenTarget): vscode.Range {
  if (target.kind === 'lines') {
    const last = document.lineAt(Math.min(target.to, document.lineCount) - 1);
    const first = document.lineAt(Math.min(target.from, document.lineCount) - 1);
    return new vscode.Range(first.range.start, last.range.end);
  }
  const start = nearest(document.getText(), target.name, target.offset);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + target.name.length));
}

/** The document may have been edited since the engine saw it: the name is looked for around where it was. */
function nearest(text: string, name: string, offset: number): number {
  if (text.startsWith(name, offset)) return offset;
  const after = text.indexOf(name, offset);
  const before = text.lastIndexOf(name, offset);
  if (after < 0 || before < 0) return Math.max(after, before, 0);
  return after - offset < offset - before ? after : before;
}
