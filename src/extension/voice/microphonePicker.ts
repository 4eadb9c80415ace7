/** Choosing the microphone among those that are plugged in. */
import * as vscode from 'vscode';
import type { Microphone } from '../../protocol';
import type { Settings } from '../settings';

interface Item extends vscode.QuickPickItem {
  readonly id: string;
}

/** Rejects as `list` does. */
export async function chooseMicrophone(list: () => Promise<readonly Microphone[]>, settings: Settings): Promise<void> {
  const microphones = await list();
  const current = settings.get('voice.microphone');
  const items = microphones.map(({ id, name, isDefault }): Item => {
    const description = isDefault ? 'the system’s choice' : '';
    return { id, label: `${id === current ? '$(check) ' : ''}${name}`, description };
  });
  const system: Item = { id: '', label: `${current === '' ? '$(check) ' : ''}Whatever the system chooses` };
  const picked = await vscode.window.showQuickPick([system, ...items], { title: 'Pteron: microphone' });
  if (picked) await settings.update('voice.microphone', picked.id);
}
