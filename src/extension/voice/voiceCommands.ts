/** The commands that VS Code has no equal of. */
import * as vscode from 'vscode';
import type { SpokenCommand, voiceCommands } from '../../protocol';
import type { ChatParts } from '../chat/compose';
import { commandFailed } from './errors';
import { askedAbout } from './askContext';
import { replacements } from './replacements';
import { scratch } from './scratch';
import type { SpokenEdits } from './spokenEdits';
import { goToTarget } from './target';
import type { WorkspaceFiles } from './workspaceFiles';

export type VoiceCommand = keyof typeof voiceCommands;

export interface VoiceCommandParts {
  readonly chat: ChatParts;
  readonly edits: SpokenEdits;
  readonly files: WorkspaceFiles;
}

/** Rejects with what a user should read. */
type Run = (command: SpokenCommand) => Promise<void>;

export function voiceCommandRunners({ chat, edits, files }: VoiceCommandParts): Readonly<Record<VoiceCommand, Run>> {
  return {
    'pteron.voice.reveal': ({ target }) => (target ? goToTarget(target, 'cursor') : Promise.resolve()),
    'pteron.voice.select': ({ target }) => (target ? goToTarget(target, 'all') : Promise.resolve()),
    'pteron.voice.openFile': ({ args }) => openFile(files, textOf(args, 'path'), numberOf(args, 'line')),
    'pteron.voice.rename': async ({ target, args }) => {
      if (target) await goToTarget(target, 'cursor');
      await rename(textOf(args, 'newName'), edits);
    },
    'pteron.voice.replaceAll': ({ args }) => replaceAll(textOf(args, 'find'), textOf(args, 'replace'), edits),
    'pteron.voice.ask': async ({ args }) => {
      const question = await askedAbout(textOf(args, 'text'));
      await chat.view.reveal();
      if (chat.session.busy) return chat.view.post({ type: 'dictated', text: question });
      void chat.session.ask(question); // the chat shows what comes of it
    },
    'pteron.voice.send': async () => chat.view.post({ type: 'submit' }),
    'pteron.voice.stop': async () => chat.session.stop(),
    'pteron.voice.scratch': () => scratch(edits),
  };
}

async function openFile(files: WorkspaceFiles, path: string, line: number | undefined): Promise<void> {
  const uri = await files.find(path);
  if (!uri) throw commandFailed(`The workspace has no file “${path}” any more.`);
  await vscode.window.showTextDocument(uri);
  if (line !== undefined) await goToTarget({ kind: 'lines', from: line, to: line }, 'cursor');
}

/** By the language's own rename, so in other files too; what was spoken before stays what "scratch that" takes back. */
async function rename(newName: string, edits: SpokenEdits): Promise<void> {
  const { document, selection } = openEditor();
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
    'vscode.executeDocumentRenameProvider',
    document.uri,
    selection.active,
    newName,
  );
  if (!edit || edit.size === 0) throw commandFailed('The language of this file offers no rename here.');
  if (!(await vscode.workspace.applyEdit(edit))) throw commandFailed('The rename was refused by the editor.');
  edits.addCommand(document);
}

async function replaceAll(find: string, replace: string, edits: SpokenEdits): Promise<void> {
  const { document } = openEditor();
  const found = replacements(document.getText(), find, replace);
  if (found.length === 0) throw commandFailed(`“${find}” does not occur in this file.`);
  if (!(await edits.apply(document, found))) throw commandFailed('The editor refused the change.');
}

function openEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (!editor) throw commandFailed('No file is open.');
  return editor;
}

function textOf(args: unknown, key: string): string {
  const value = (args as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  if (typeof value !== 'string' || value === '') throw commandFailed(`The command has no “${key}”.`);
  return value;
}

function numberOf(args: unknown, key: string): number | undefined {
  const value = (args as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
