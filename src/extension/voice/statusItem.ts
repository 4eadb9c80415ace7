/** The microphone in the status bar: a level meter while it listens, then what came of it. A click talks. */
import * as vscode from 'vscode';
import { severityColour } from '../status/severityColour';
import type { VoiceState } from './state';
import { voiceStatusOf } from './statusText';

const newsStaysMs = 10_000;
/** The meter moves no faster than an eye follows. */
const shortestFrameMs = 80;

export class VoiceStatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('pteron.voice', vscode.StatusBarAlignment.Right, 99);
  private timer: NodeJS.Timeout | undefined;
  private lastKind: VoiceState['kind'] | undefined;
  private lastShown = 0;

  constructor(private readonly key: string) {
    this.item.name = 'Pteron Voice';
    this.item.command = 'pteron.voice.toggle';
    this.show({ kind: 'idle' });
    this.item.show();
  }

  show(state: VoiceState): void {
    const now = performance.now();
    if (state.kind === this.lastKind && state.kind !== 'idle' && now - this.lastShown < shortestFrameMs) return;
    [this.lastKind, this.lastShown] = [state.kind, now];
    clearTimeout(this.timer);
    const status = voiceStatusOf(state, this.key);
    this.item.text = status.text;
    this.item.backgroundColor = severityColour[status.severity];
    this.item.tooltip = `Pteron voice: ${status.detail}`;
    this.item.accessibilityInformation = { label: `Pteron voice, ${state.kind}: ${status.detail}`, role: 'button' };
    if (status.passing) this.timer = setTimeout(() => this.show({ kind: 'idle' }), newsStaysMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }
}
