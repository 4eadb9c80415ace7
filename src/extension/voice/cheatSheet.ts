/** What can be said, as a page: a virtual Markdown document that is shown as its preview. */
import * as vscode from 'vscode';

const scheme = 'pteron-voice';
const uri = vscode.Uri.from({ scheme, path: '/Voice cheat sheet.md' });

export class CheatSheetPage implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private text = '';
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: () => this.text,
  });

  async show(markdown: string, key: string): Promise<void> {
    const intro = `Hold ${key} and speak, or tap it before and after. “Type …” writes what follows as it is; “command …” runs it.`;
    this.text = `# What can be said\n\n${intro}\n\n${markdown}`;
    this.changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }
}
