/** The engine of this window. */
import * as vscode from 'vscode';
import type { Log } from '../log';
import type { Settings } from '../settings';
import type { SettingKey } from '../settingsSchema';
import { EngineClient } from './client';

const bytesPerGiB = 1024 ** 3;
/** Settings that the engine is told once, when it starts. */
const startSettings: readonly SettingKey[] = ['home', 'memoryLimit'];

export function composeEngine(context: vscode.ExtensionContext, settings: Settings, log: Log): EngineClient {
  const engine = new EngineClient({
    modulePath: vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.cjs').fsPath,
    initializeParams: () => {
      const home = settings.get('home');
      const memoryLimit = settings.get('memoryLimit');
      return { ...(home ? { home } : {}), ...(memoryLimit > 0 ? { memoryLimitBytes: memoryLimit * bytesPerGiB } : {}) };
    },
    log,
  });
  context.subscriptions.push(engine);
  context.subscriptions.push(
    settings.onDidChange((keys) => {
      if (!startSettings.some((key) => keys.has(key)) || engine.supervisor.state.kind === 'stopped') return;
      log.info('settings changed that the engine reads when it starts: restarting it');
      engine.supervisor.restart().catch(() => undefined); // the status bar shows why
    }),
  );
  return engine;
}
