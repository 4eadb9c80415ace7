/** Questions before something runs: a quick pick, answered by hand or by the next utterance. */
import * as vscode from 'vscode';
import type { SpokenCommand } from '../../protocol';
import { spokenAnswer, type OpenQuestion, type SpokenAnswer } from './spokenAnswer';

interface Item<T> extends vscode.QuickPickItem {
  readonly value: T | undefined;
}

interface Open extends OpenQuestion {
  readonly answer: (answer: SpokenAnswer) => void;
}

export class Questions implements vscode.Disposable {
  private open: Open | undefined;

  /** True if a question is open and this answers it. */
  answer(alternatives: readonly string[]): boolean {
    const { open } = this;
    if (!open) return false;
    const answer = alternatives.map((text) => spokenAnswer(text, open)).find((found) => found !== undefined);
    if (answer) open.answer(answer);
    return answer !== undefined;
  }

  /** What is dangerous has the harmless answer first: Enter alone runs nothing. */
  async confirm(command: SpokenCommand, why: 'dangerous' | 'uncertain'): Promise<boolean> {
    const dangerous = why === 'dangerous' || command.dangerous;
    const run: Item<true> = { label: `$(play) Run ${command.title}`, value: true, ...detailOf(command) };
    const cancel: Item<true> = { label: '$(close) Do not run it', value: undefined };
    const placeHolder = dangerous
      ? 'It may lose, publish or run something, so it always asks. Say “run it” or “cancel”.'
      : 'Is this what you meant? Say “yes” or “no”.';
    const items = dangerous ? [cancel, run] : [run, cancel];
    const asked = { title: `Pteron heard: ${command.title}`, placeHolder, dangerous, choices: 1 };
    return (await this.ask(items, asked, ({ kind }) => kind === 'yes' || undefined)) ?? false;
  }

  choose(commands: readonly SpokenCommand[]): Promise<SpokenCommand | undefined> {
    const items = commands.map((value, n): Item<SpokenCommand> => {
      const icon = value.dangerous ? '$(warning) ' : '';
      return { label: `${icon}${value.title}`, description: `${n + 1}`, value, ...detailOf(value) };
    });
    const placeHolder = 'Choose one, or say its number';
    const asked = { title: 'Pteron: did you mean', placeHolder, dangerous: false, choices: commands.length };
    return this.ask(items, asked, (answer) => (answer.kind === 'nth' ? commands[answer.index] : undefined));
  }

  dispose(): void {
    this.open?.answer({ kind: 'no' });
  }

  private ask<T>(
    items: readonly Item<T>[],
    asked: OpenQuestion & { readonly title: string; readonly placeHolder: string },
    spoken: (answer: SpokenAnswer) => T | undefined,
  ): Promise<T | undefined> {
    this.open?.answer({ kind: 'no' }); // a newer question takes the older one's place
    return new Promise((resolve) => {
      const picker = vscode.window.createQuickPick<Item<T>>();
      const settle = (value: T | undefined): void => {
        resolve(value);
        picker.hide();
      };
      const open: Open = { ...asked, answer: (answer) => settle(spoken(answer)) };
      this.open = open;
      picker.title = asked.title;
      picker.placeholder = asked.placeHolder;
      picker.items = items;
      picker.onDidAccept(() => settle(picker.selectedItems[0]?.value));
      picker.onDidHide(() => {
        if (this.open === open) this.open = undefined;
        resolve(undefined);
        picker.dispose();
      });
      picker.show();
    });
  }
}

/** What would be run or written, where the title does not say it. */
function detailOf({ args, source }: SpokenCommand): { detail?: string } {
  const text = (args as { readonly text?: unknown } | null | undefined)?.text;
  if (typeof text === 'string') return { detail: text.trim() };
  // The built-in titles name their arguments.
  return args === undefined || source !== 'user' ? {} : { detail: JSON.stringify(args) };
}
