/** A spoken question with the code that it is about: what is selected, or for "explain this" what surrounds the cursor. */
import * as vscode from 'vscode';

const aboutHere = /\b(this|selection|here)\b/i;
const aboutErrors = /\b(error|warning|problem)\b/i;
const mostLines = 200;

export async function askedAbout(question: string): Promise<string> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return question;
  const { document, selection } = editor;
  const range = selection.isEmpty ? (aboutHere.test(question) ? await surroundings(editor) : undefined) : selection;
  if (!range) return question;
  const code = document.getText(range);
  const problems = aboutErrors.test(question) ? problemsIn(document, range) : [];
  return [question, ...problems, `\`\`\`${document.languageId}\n${code}\n\`\`\``].join('\n\n');
}

/** The innermost function or class around the cursor, else the lines around it. */
async function surroundings({ document, selection }: vscode.TextEditor): Promise<vscode.Range> {
  const symbols = await vscode.commands.executeCommand<
    (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  const around = innermost(symbols ?? [], selection.active);
  if (around && around.end.line - around.start.line < mostLines) return around;
  const first = Math.max(0, selection.active.line - mostLines / 2);
  return document.validateRange(new vscode.Range(first, 0, first + mostLines, 0));
}

function innermost(
  symbols: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
  at: vscode.Position,
): vscode.Range | undefined {
  for (const symbol of symbols) {
    const range = 'range' in symbol ? symbol.range : symbol.location.range;
    if (!range.contains(at) || range.isSingleLine) continue;
    return innermost('children' in symbol ? symbol.children : [], at) ?? range;
  }
  return undefined;
}

function problemsIn(document: vscode.TextDocument, range: vscode.Range): string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter((diagnostic) => diagnostic.range.intersection(range) !== undefined)
    .slice(0, 5)
    .map(({ message, range: { start } }) => `Line ${start.line + 1}: ${message}`);
}
