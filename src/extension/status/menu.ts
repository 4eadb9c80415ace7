/** What a click on the status bar offers. */
import * as vscode from 'vscode';
import type { Status } from './state';

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

export async function showMenu(status: Status, snoozed: boolean): Promise<void> {
  const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const entries: Entry[] = [
    { label: '$(comment-discussion) Open chat', command: 'pteron.openChat' },
    { label: '$(mic) Speak', command: 'pteron.voice.toggle' },
    { label: '$(list-unordered) What can be said', command: 'pteron.voice.cheatSheet' },
    snoozed
      ? { label: '$(bell) Turn suggestions on again', command: 'pteron.endSnooze' }
      : { label: '$(bell-slash) Snooze suggestions…', command: 'pteron.snooze' },
    separator('models'),
    { label: '$(code) Choose completion model…', command: 'pteron.completion.chooseModel' },
    { label: '$(hubot) Choose chat model…', command: 'pteron.chat.chooseModel' },
    { label: '$(unmute) Choose speech model…', command: 'pteron.voice.chooseModel' },
    { label: '$(mic) Choose microphone…', command: 'pteron.voice.chooseMicrophone' },
    separator('engine'),
    { label: '$(debug-restart) Restart engine', command: 'pteron.restartEngine' },
    { label: '$(output) Show log', command: 'pteron.showLog' },
    { label: '$(settings-gear) Settings', command: 'pteron.openSettings' },
  ];
  const picked = await vscode.window.showQuickPick(entries, {
    title: `Pteron: ${status.kind}`,
    placeHolder: status.detail,
  });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}
