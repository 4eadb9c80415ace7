/** Earlier conversations in a quick pick: open one, or delete it with the button on its row. */
import * as vscode from 'vscode';
import { titleOf, type ChatHistory } from './history';
import type { ChatSession } from './session';

interface Item extends vscode.QuickPickItem {
  readonly conversation: string;
}

export function showHistory(history: ChatHistory, session: ChatSession): void {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = 'Pteron: earlier chats';
  picker.placeholder = 'Open a chat';
  const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Delete this chat' };
  const items = (): Item[] =>
    history.all.map((conversation) => ({
      conversation: conversation.id,
      label: titleOf(conversation),
      description: new Date(conversation.createdAt).toLocaleString(),
      detail: `${conversation.turns.length} ${conversation.turns.length === 1 ? 'question' : 'questions'}`,
      buttons: [remove],
    }));
  picker.items = items();
  picker.onDidTriggerItemButton(async ({ item }) => {
    const wasOpen = history.active.id === item.conversation;
    history.remove(item.conversation);
    await history.save();
    picker.items = items();
    if (wasOpen) await session.startNew();
  });
  picker.onDidAccept(() => {
    const [item] = picker.selectedItems;
    picker.hide();
    if (item) void session.open(item.conversation);
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}
