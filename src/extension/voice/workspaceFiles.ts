/** The workspace's files by their relative paths, listed once and again when one is made, moved or deleted. */
import * as vscode from 'vscode';

const mostFiles = 20_000;
const notSpokenOf = '**/{node_modules,.git,.venv,__pycache__}/**';

export class WorkspaceFiles implements vscode.Disposable {
  private listed: Promise<ReadonlyMap<string, vscode.Uri>> | undefined;
  private readonly listeners = [
    vscode.workspace.onDidCreateFiles(() => this.forget()),
    vscode.workspace.onDidDeleteFiles(() => this.forget()),
    vscode.workspace.onDidRenameFiles(() => this.forget()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.forget()),
  ];
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);

  constructor() {
    this.listeners.push(this.watcher.onDidCreate(() => this.forget()));
    this.listeners.push(this.watcher.onDidDelete(() => this.forget()));
  }

  async paths(): Promise<readonly string[]> {
    return [...(await this.list()).keys()];
  }

  async find(path: string): Promise<vscode.Uri | undefined> {
    return (await this.list()).get(path);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.watcher.dispose();
  }

  private list(): Promise<ReadonlyMap<string, vscode.Uri>> {
    this.listed ??= this.load();
    return this.listed;
  }

  private async load(): Promise<ReadonlyMap<string, vscode.Uri>> {
    const files = await vscode.workspace.findFiles('**/*', notSpokenOf, mostFiles);
    return new Map(files.map((uri) => [vscode.workspace.asRelativePath(uri), uri]));
  }

  private forget(): void {
    this.listed = undefined;
  }
}
