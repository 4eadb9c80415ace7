/** The model catalogue, and the models as VS Code language models. */
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/client';
import type { Log } from '../log';
import type { Settings } from '../settings';
import { ModelCatalogue } from './catalogue';
import { LanguageModelProvider, vendor } from './provider';

export function composeModels(
  context: vscode.ExtensionContext,
  engine: EngineClient,
  settings: Settings,
  log: Log,
): ModelCatalogue {
  const { subscriptions } = context;
  const catalogue = new ModelCatalogue({
    list: () => engine.listModels(),
    wanted: (role) => settings.get(`${role === 'speech' ? 'voice' : role}.model`),
    home: () => settings.get('home'),
  });
  subscriptions.push(catalogue);
  subscriptions.push(
    engine.supervisor.onDidChangeState((state) => {
      if (state.kind === 'starting') catalogue.forget();
    }),
  );
  const provider = new LanguageModelProvider(engine, catalogue, log);
  subscriptions.push(provider);
  subscriptions.push(vscode.lm.registerLanguageModelChatProvider(vendor, provider));
  return catalogue;
}
