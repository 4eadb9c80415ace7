/** The commands with which one speaks: the key, the buttons, the palette. */
import * as vscode from 'vscode';
import type { ChatParts } from '../chat/compose';
import { toPteronError } from '../engine/errors';
import type { Parts } from '../features';
import { chooseModel } from '../models/picker';
import type { CheatSheetPage } from './cheatSheet';
import type { VoiceController } from './controller';
import type { VoiceFailures } from './failures';
import { focusOf } from './focus';
import type { HoldKey } from './holdKey';
import { keyLabel } from './keyLabel';
import { chooseMicrophone } from './microphonePicker';
import type { UserPhrase } from '../../protocol';

export interface ActionParts extends Parts {
  readonly chat: ChatParts;
  readonly controller: VoiceController;
  readonly failures: VoiceFailures;
  readonly cheatSheet: CheatSheetPage;
  readonly holdKey: (start: () => boolean) => HoldKey;
  readonly scratch: () => Promise<void>;
}

export function registerVoiceActions(context: vscode.ExtensionContext, parts: ActionParts): void {
  for (const [command, run] of Object.entries(actions(parts))) {
    context.subscriptions.push(vscode.commands.registerCommand(command, run));
  }
}

const phraseBox: vscode.InputBoxOptions = {
  title: 'Pteron: a phrase, as if it were spoken',
  placeHolder: 'go to line ten',
};

function phraseOf(argument: unknown): string | undefined {
  const text = (argument as { readonly text?: unknown } | null | undefined)?.text;
  return typeof text === 'string' ? text : undefined;
}

function actions(parts: ActionParts): Record<string, (argument?: unknown) => unknown> {
  const { controller, settings, models, engine, chat, failures, cheatSheet, scratch } = parts;
  const failing = (run: () => Promise<unknown>) => () =>
    run().catch((error: unknown) => failures.show(toPteronError(error), ''));
  const start = (argument: unknown): void => void controller.start(focusOf(argument, chat.view.focused));
  let pressed: unknown;
  const key = parts.holdKey(() => {
    if (controller.busy) return false;
    start(pressed);
    return true;
  });
  controller.onDidChange(() => (controller.busy ? undefined : key.reset()));
  return {
    'pteron.voice.hold': (argument) => {
      pressed = argument;
      key.event();
    },
    'pteron.voice.toggle': (argument) => (controller.busy ? controller.release() : start(argument)),
    'pteron.voice.talkInChat': () => (controller.busy ? controller.release() : start({ focus: 'chat' })),
    'pteron.voice.release': () => controller.release(),
    'pteron.voice.cancel': () => controller.cancel(),
    'pteron.voice.typePhrase': async (argument) => {
      const focus = focusOf(argument, chat.view.focused);
      const text = phraseOf(argument) ?? (await vscode.window.showInputBox(phraseBox));
      if (text !== undefined && text.trim() !== '') await controller.hearText(text, focus);
    },
    'pteron.voice.scratch': failing(scratch),
    'pteron.voice.chooseModel': () => chooseModel('speech', models, settings),
    'pteron.voice.chooseMicrophone': failing(() => chooseMicrophone(() => engine.listMicrophones(), settings)),
    'pteron.voice.cheatSheet': failing(async () => {
      const phrases = settings.get('voice.phrases') as readonly UserPhrase[];
      const page = await engine.cheatSheet(phrases.length === 0 ? {} : { phrases });
      await cheatSheet.show(page, keyLabel(process.platform));
    }),
  };
}
