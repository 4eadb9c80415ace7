/** Git commands with what was said as their argument: VS Code's own would ask for it, so its Git extension is told directly. */
import * as vscode from 'vscode';
import { commandFailed } from './errors';

/** What is used of the Git extension's API, version 1. */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  checkout(ref: string): Promise<void>;
  createBranch(name: string, checkout: boolean): Promise<void>;
}
interface GitExports {
  getAPI(version: 1): {
    readonly repositories: readonly Repository[];
    getRepository(uri: vscode.Uri): Repository | null;
  };
}

type Run = (argument: string) => Promise<unknown>;

/** By command and by the name of its argument. */
const commands: Readonly<Record<string, { readonly key: string; readonly run: Run }>> = {
  'git.commit': {
    key: 'message',
    run: async (message) => {
      (await repository()).inputBox.value = message;
      await vscode.commands.executeCommand('git.commit');
    },
  },
  'git.checkout': { key: 'ref', run: async (ref) => (await repository()).checkout(ref) },
  'git.branch': { key: 'name', run: async (name) => (await repository()).createBranch(name, true) },
};

/** Undefined where the command wants nothing else than to be run. */
export function gitCommand(id: string, args: unknown): (() => Promise<unknown>) | undefined {
  const known = commands[id];
  const argument = known && (args as Readonly<Record<string, unknown>> | undefined)?.[known.key];
  return known && typeof argument === 'string' ? () => known.run(argument) : undefined;
}

async function repository(): Promise<Repository> {
  const git = vscode.extensions.getExtension<GitExports>('vscode.git');
  const api = git && (await git.activate()).getAPI(1);
  const document = vscode.window.activeTextEditor?.document;
  const found = (document && api?.getRepository(document.uri)) ?? api?.repositories[0];
  if (!found) throw commandFailed('This folder has no Git repository.');
  return found;
}
