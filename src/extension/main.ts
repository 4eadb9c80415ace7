/** Puts the extension together. No work is done here: the engine starts when something first needs it. */
import { evaluationStarted } from './clock';
import * as vscode from 'vscode';
import type { PteronApi } from './api';
import { composeChat } from './chat/compose';
import { registerCommands } from './commands';
import { composeCompletion } from './completion/compose';
import { composeEngine } from './engine/compose';
import { createLog } from './log';
import { composeModels } from './models/compose';
import { Settings } from './settings';
import { composeStatus } from './status/compose';
import { composeVoice } from './voice/compose';

const logLinesKept = 200;

export function activate(context: vscode.ExtensionContext): PteronApi {
  const activationStarted = performance.now();
  const { subscriptions } = context;
  const channel = vscode.window.createOutputChannel('Pteron', 'log');
  subscriptions.push(channel);
  const settings = new Settings();
  subscriptions.push(settings);
  const newestLog: string[] = [];
  const log = createLog(
    (line) => {
      channel.appendLine(line);
      if (newestLog.push(line) > logLinesKept) newestLog.shift();
    },
    () => settings.get('logLevel'),
  );
  const engine = composeEngine(context, settings, log);
  const models = composeModels(context, engine, settings, log);
  const status = composeStatus(context, engine, settings);
  const completion = composeCompletion(context, { engine, models, settings, status, log });
  const chat = composeChat(context, { engine, models, settings, status, log });
  const voice = composeVoice(context, { engine, models, settings, status, chat, log });
  registerCommands(context, { channel, engine, models, settings, status, chat });

  const activationMs = evaluationMs + performance.now() - activationStarted;
  const version = String(context.extension.packageJSON.version);
  log.info(
    `Pteron ${version} activated in ${activationMs.toFixed(1)} ms, ${evaluationMs.toFixed(1)} of them its bundle`,
  );
  return {
    version,
    activationMs,
    engineState: () => engine.supervisor.state,
    newestLog: () => newestLog,
    status: () => status.current,
    voice: () => voice.state,
    suggestions: () => ({ offered: completion.acceptance.offeredCount, accepted: completion.acceptance.acceptedCount }),
  };
}

/** Everything is disposed with the context's subscriptions. */
export function deactivate(): void {}

/** Between evaluating the bundle and `activate` the extension host does other things, which are not ours. */
const evaluationMs = performance.now() - evaluationStarted;
