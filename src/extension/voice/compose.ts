/** Voice: hold a key, speak, and it is done. */
import * as vscode from 'vscode';
import type { SpeechFocus } from '../../protocol';
import type { ChatParts } from '../chat/compose';
import type { Parts } from '../features';
import { registerVoiceActions } from './actions';
import { carryOut } from './carryOut';
import { CheatSheetPage } from './cheatSheet';
import { VoiceController } from './controller';
import { EditorPlace } from './editorPlace';
import { VoiceFailures } from './failures';
import { HoldKey } from './holdKey';
import { interpretUtterance, type InterpreterOptions } from './interpreter';
import { keyLabel } from './keyLabel';
import { listenPreferences } from './listenPreferences';
import { ChatPlace, TerminalPlace } from './otherPlaces';
import { extensionCommands } from './palette';
import { PartialText } from './partialText';
import type { SpokenPlace } from './place';
import { Questions } from './questions';
import { commandRunner } from './runCommand';
import { scratch } from './scratch';
import { SpokenEdits } from './spokenEdits';
import { VoiceStatusItem } from './statusItem';
import { WorkspaceFiles } from './workspaceFiles';

export interface VoiceComposeParts extends Parts {
  readonly chat: ChatParts;
}

export function composeVoice(context: vscode.ExtensionContext, parts: VoiceComposeParts): VoiceController {
  const { subscriptions } = context;
  const { engine, settings, chat, log } = parts;
  const owned = <T extends vscode.Disposable>(disposable: T): T => {
    subscriptions.push(disposable);
    return disposable;
  };
  const failures = new VoiceFailures();
  const questions = owned(new Questions());
  const files = owned(new WorkspaceFiles());
  const edits = owned(new SpokenEdits(() => chat.view.post({ type: 'takeBack' })));
  const partial = owned(new PartialText());
  const carryOutParts = {
    run: commandRunner({ chat, edits, files }),
    confirm: questions.confirm.bind(questions),
    choose: questions.choose.bind(questions),
    rescue: (text: string) => void failures.rescue(text),
  };
  const interpreter = interpreterOptions(parts, files, failures);
  const controller = owned(
    new VoiceController({
      place: (focus) =>
        placeFor(focus, { chat, edits, partial, partialWanted: () => settings.get('voice.partialText') }),
      model: () => parts.models.pick('speech'),
      preferences: () => listenPreferences((key) => settings.get(key), process.env),
      listen: (params, onUpdate, token) => engine.listen(params, onUpdate, token),
      release: () => engine.releaseListen(),
      answer: (alternatives) => questions.answer(alternatives),
      interpret: (alternatives, place) => interpretUtterance(alternatives, place, interpreter),
      carryOut: (outcome, place) => carryOut(outcome, place, carryOutParts),
      onFailure: (error, heard) => void failures.show(error, heard),
      log,
    }),
  );
  showState(context, controller, chat);
  registerVoiceActions(context, {
    ...parts,
    controller,
    failures,
    cheatSheet: owned(new CheatSheetPage()),
    holdKey: (press) => owned(new HoldKey({ press, release: () => controller.release() })),
    scratch: () => scratch(edits),
  });
  return controller;
}

interface PlaceParts {
  readonly chat: ChatParts;
  readonly edits: SpokenEdits;
  readonly partial: PartialText;
  readonly partialWanted: () => boolean;
}

function placeFor(focus: SpeechFocus, { chat, edits, partial, partialWanted }: PlaceParts): SpokenPlace {
  switch (focus) {
    case 'chat':
      return new ChatPlace(chat.view, edits);
    case 'terminal':
      return new TerminalPlace();
    case 'editor':
      return new EditorPlace(partial, edits, partialWanted);
  }
}

function interpreterOptions(
  { engine, models, settings, log }: Parts,
  files: WorkspaceFiles,
  failures: VoiceFailures,
): InterpreterOptions {
  return {
    interpret: (params) => engine.interpretSpeech(params),
    files: () => files.paths(),
    extensionCommands: async () => {
      const available = new Set(await vscode.commands.getCommands(true));
      return extensionCommands(
        vscode.extensions.all.map(({ packageJSON }): unknown => packageJSON),
        available,
      );
    },
    phrases: () => settings.get('voice.phrases'),
    mode: () => settings.get('voice.mode'),
    cleanUp: () => settings.get('voice.cleanUp'),
    chatModel: () =>
      models.pick('chat').then(
        ({ id }) => id,
        () => undefined, // speaking works without one
      ),
    onBadPhrases: (error) => {
      log.error(`voice: ${error.toString()}`);
      void failures.show(error, '');
    },
  };
}

/** The state in the status bar, in the chat's page and as a context key for key bindings. */
function showState(context: vscode.ExtensionContext, controller: VoiceController, chat: ChatParts): void {
  const item = new VoiceStatusItem(keyLabel(process.platform));
  context.subscriptions.push(item);
  let busy = false;
  context.subscriptions.push(
    controller.onDidChange((state) => {
      item.show(state);
      const level = 'levels' in state ? (state.levels.at(-1) ?? 0) : 0;
      chat.view.post({ type: 'voice', state: state.kind, level });
      if (busy === controller.busy) return;
      busy = controller.busy;
      void vscode.commands.executeCommand('setContext', 'pteron.voice.listening', busy);
    }),
  );
}
