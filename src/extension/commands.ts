/** The commands of the palette and the status menu. */
import * as vscode from 'vscode';
import type { ChatParts } from './chat/compose';
import { showHistory } from './chat/historyPicker';
import { toPteronError } from './engine/errors';
import type { Parts } from './features';
import { chooseModel } from './models/picker';
import { showMenu } from './status/menu';

export interface CommandParts extends Omit<Parts, 'log'> {
  readonly channel: vscode.OutputChannel;
  readonly chat: ChatParts;
}

export function registerCommands(context: vscode.ExtensionContext, parts: CommandParts): void {
  for (const [command, run] of Object.entries(commands(parts))) {
    context.subscriptions.push(vscode.commands.registerCommand(command, run));
  }
}

function commands({ channel, engine, models, settings, status, chat }: CommandParts): Record<string, () => unknown> {
  return {
    'pteron.menu': () => showMenu(status.current, status.snooze.endsAt !== undefined),
    'pteron.showLog': () => channel.show(true),
    'pteron.openSettings': () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:pteron.pteron'),
    'pteron.restartEngine': async () => {
      status.forgetProblems();
      await engine.supervisor.restart().catch((error: unknown) => report(error));
    },
    'pteron.openChat': () => chat.view.reveal(),
    'pteron.chat.new': async () => {
      await chat.session.startNew();
      await chat.view.reveal();
    },
    'pteron.chat.history': () => showHistory(chat.history, chat.session),
    'pteron.chat.chooseModel': () => chooseModel('chat', models, settings),
    'pteron.completion.chooseModel': () => chooseModel('completion', models, settings),
    'pteron.completion.toggle': () => settings.update('completion.enabled', !settings.get('completion.enabled')),
    'pteron.snooze': async () => {
      const minutes = await pickMinutes();
      if (minutes !== undefined) status.snooze.start(minutes);
    },
    'pteron.endSnooze': () => status.snooze.end(),
  };
}

async function pickMinutes(): Promise<number | undefined> {
  const choices = [5, 15, 30, 60, 240].map((minutes) => ({
    label: minutes < 60 ? `${minutes} minutes` : minutes === 60 ? '1 hour' : `${minutes / 60} hours`,
    minutes,
  }));
  return (await vscode.window.showQuickPick(choices, { title: 'Pteron: snooze suggestions for' }))?.minutes;
}

function report(error: unknown): void {
  const { message, remedy } = toPteronError(error);
  void vscode.window.showErrorMessage(`${message} ${remedy}`, 'Show Log').then((choice) => {
    if (choice) void vscode.commands.executeCommand('pteron.showLog');
  });
}
