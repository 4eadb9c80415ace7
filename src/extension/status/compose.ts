/** Collects what the status bar tells. */
import type * as vscode from 'vscode';
import { Snooze } from '../completion/snooze';
import type { EngineClient } from '../engine/client';
import type { Settings } from '../settings';
import { StatusModel } from './model';
import { StatusBar } from './statusBar';

export function composeStatus(context: vscode.ExtensionContext, engine: EngineClient, settings: Settings): StatusModel {
  const { subscriptions } = context;
  const snooze = new Snooze();
  subscriptions.push(snooze);
  const model = new StatusModel(engine, snooze, () => settings.get('completion.enabled'));
  subscriptions.push(model);
  const bar = new StatusBar();
  subscriptions.push(bar);
  subscriptions.push(model.onDidChange(() => bar.show(model.current, model.facts())));
  subscriptions.push(settings.onDidChange(() => model.update()));
  bar.show(model.current, model.facts());
  return model;
}
