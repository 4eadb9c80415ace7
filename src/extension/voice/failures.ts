/** A failure is told once, with what helps. What was heard until then is not lost. */
import * as vscode from 'vscode';
import type { PteronError } from '../../protocol';
import { remediesFor, type Remedy } from './remedies';

export class VoiceFailures {
  private readonly open = new Set<string>();

  /** `heard`: what was understood before it failed. */
  async show(error: PteronError, heard: string): Promise<void> {
    const message = `${error.message} ${error.remedy}`.trim();
    if (this.open.has(message)) return;
    this.open.add(message);
    const remedies = remediesFor(error.code, process.platform);
    const keep: Remedy[] = heard.trim() === '' ? [] : [{ label: 'Insert What Was Heard', command: '' }];
    const labels = [...keep, ...remedies].map(({ label }) => label);
    const picked = await vscode.window.showErrorMessage(message, ...labels);
    this.open.delete(message);
    if (picked === keep[0]?.label) return insertOrCopy(heard.trim());
    await follow(remedies.find(({ label }) => label === picked));
  }

  /** The place where text was to go is gone. */
  async rescue(text: string): Promise<void> {
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
    const buttons = vscode.window.activeTextEditor ? ['Insert at the Cursor', 'Copy'] : ['Copy'];
    const picked = await vscode.window.showWarningMessage(`There is no place any more for “${shown}”.`, ...buttons);
    if (picked === 'Copy') await vscode.env.clipboard.writeText(text);
    else if (picked) await insertOrCopy(text);
  }
}

async function follow(remedy: Remedy | undefined): Promise<void> {
  if (!remedy) return;
  const { command, argument } = remedy;
  if (command === 'vscode.open') return void (await vscode.env.openExternal(vscode.Uri.parse(argument ?? '', true)));
  await vscode.commands.executeCommand(command, ...(argument === undefined ? [] : [argument]));
}

async function insertOrCopy(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return vscode.env.clipboard.writeText(text);
  await editor.edit((edit) => edit.replace(editor.selection, text));
}
