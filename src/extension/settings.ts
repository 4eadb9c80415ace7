/** The one place that reads settings. */
import * as vscode from 'vscode';
import { coerceSetting, settingsSchema, type SettingKey, type SettingValue } from './settingsSchema';

const section = 'pteron';
const keys = Object.keys(settingsSchema) as SettingKey[];

export class Settings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ReadonlySet<SettingKey>>();
  /** The keys that may have changed. */
  readonly onDidChange = this.changed.event;
  private readonly listener = vscode.workspace.onDidChangeConfiguration((event) => {
    const affected = keys.filter((key) => event.affectsConfiguration(`${section}.${key}`));
    if (affected.length > 0) this.changed.fire(new Set(affected));
  });

  get<K extends SettingKey>(key: K, scope?: vscode.ConfigurationScope): SettingValue<K> {
    return coerceSetting(key, vscode.workspace.getConfiguration(section, scope).get(key));
  }

  /** Writes to the user's settings, or to the workspace's where it already has a value of its own. */
  async update<K extends SettingKey>(key: K, value: SettingValue<K>): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(section);
    const inWorkspace = configuration.inspect(key)?.workspaceValue !== undefined;
    await configuration.update(
      key,
      value,
      inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }
}
