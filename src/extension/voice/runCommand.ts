/** Runs what was understood: our own commands, and VS Code's with the arguments that they want. */
import * as vscode from 'vscode';
import type { SpokenCommand } from '../../protocol';
import { asCommandFailure, commandFailed } from './errors';
import { gitCommand } from './gitCommands';
import type { SpokenEdits } from './spokenEdits';
import { goToTarget } from './target';
import { voiceCommandRunners, type VoiceCommandParts } from './voiceCommands';

/** After these "scratch that" must not undo once more. */
const ownHistory = new Set(['undo', 'redo', 'pteron.voice.scratch']);

/** Rejects with what a user should read. */
export function commandRunner(parts: VoiceCommandParts): (command: SpokenCommand) => Promise<void> {
  const own: Readonly<Record<string, ((command: SpokenCommand) => Promise<void>) | undefined>> =
    voiceCommandRunners(parts);
  return async (command) => {
    try {
      const run = own[command.command];
      if (run) return await run(command);
      if (command.target) await goToTarget(command.target, 'lines');
      await rememberingEdits(command.command, parts.edits, () => execute(command, parts));
    } catch (error) {
      throw asCommandFailure(command.title, error);
    }
  };
}

async function execute({ command, args }: SpokenCommand, { files }: VoiceCommandParts): Promise<void> {
  const git = gitCommand(command, args);
  if (git) return void (await git());
  switch (command) {
    case 'deleteFile':
      return deleteFile(await fileOf(args, files));
    case 'renameFile': // works on the explorer's selection
      await vscode.commands.executeCommand('workbench.files.action.showActiveFileInExplorer');
      break;
    case 'workbench.action.terminal.sendSequence':
      (vscode.window.activeTerminal ?? vscode.window.createTerminal()).show();
      break;
  }
  await vscode.commands.executeCommand(command, ...(args === undefined ? [] : [args]));
}

/** A change that a command makes to the open document is one that was spoken, too. */
async function rememberingEdits(id: string, edits: SpokenEdits, run: () => Promise<void>): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const before = document?.version;
  await run();
  if (document && !ownHistory.has(id) && document.version !== before) edits.addCommand(document);
}

async function fileOf(args: unknown, files: VoiceCommandParts['files']): Promise<vscode.Uri> {
  const path = (args as { readonly path?: unknown } | undefined)?.path;
  const uri = typeof path === 'string' ? await files.find(path) : vscode.window.activeTextEditor?.document.uri;
  if (!uri) throw commandFailed('There is no such file to delete.');
  return uri;
}

/** Into the trash: what was misheard can be brought back. */
async function deleteFile(uri: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.delete(uri, { useTrash: true });
}
