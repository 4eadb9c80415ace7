/** Choosing the model of a role among the installed ones. */
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol';
import { noModel, toPteronError } from '../engine/errors';
import type { Settings } from '../settings';
import type { ModelCatalogue, UsedRole } from './catalogue';

export async function chooseModel(role: UsedRole, catalogue: ModelCatalogue, settings: Settings): Promise<void> {
  try {
    const models = (await catalogue.refresh()).filter((model) => model.role === role);
    if (models.length === 0) throw noModel(role, '', settings.get('home'));
    const key = `${role === 'speech' ? 'voice' : role}.model` as const;
    const current = settings.get(key) || models[0]?.id;
    const picked = await vscode.window.showQuickPick(
      models.map((model) => toItem(model, model.id === current)),
      {
        title: `Pteron: ${role} model`,
        placeHolder: 'All of these are installed on this machine',
        matchOnDescription: true,
      },
    );
    if (picked) await settings.update(key, picked.id);
  } catch (error) {
    const { message, remedy } = toPteronError(error);
    void vscode.window.showErrorMessage(`${message} ${remedy}`);
  }
}

function toItem(model: ModelSummary, current: boolean): vscode.QuickPickItem & { readonly id: string } {
  const size = `${(model.bytes / 1e6).toFixed(0)} MB`;
  return {
    id: model.id,
    label: `${current ? '$(check) ' : ''}${model.name}`,
    description: model.id,
    detail: `${model.family} · ${model.quantization} · ${size} · ${model.contextLength} tokens of context`,
  };
}
