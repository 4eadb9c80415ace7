/** The status bar item: its text, colour and tooltip follow `statusOf`; a click opens the menu. */
import * as vscode from 'vscode';
import { severityColour } from './severityColour';
import type { Status } from './state';

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('pteron.status', vscode.StatusBarAlignment.Right, 100);

  constructor() {
    this.item.name = 'Pteron';
    this.item.command = 'pteron.menu';
    this.item.show();
  }

  /** `facts` are further lines of the tooltip. */
  show(status: Status, facts: readonly string[]): void {
    this.item.text = status.text;
    this.item.backgroundColor = severityColour[status.severity];
    this.item.tooltip = tooltip(status, facts);
    this.item.accessibilityInformation = { label: `Pteron, ${status.kind}: ${status.detail}`, role: 'button' };
  }

  dispose(): void {
    this.item.dispose();
  }
}

/** Text from errors is shown as text, never as Markdown. (`appendText` would also make its spaces unbreakable.) */
function tooltip(status: Status, facts: readonly string[]): vscode.MarkdownString {
  const paragraphs = [`**Pteron** · ${status.kind}`, ...[status.detail, ...facts].map(asText)];
  return new vscode.MarkdownString(paragraphs.join('\n\n'), true);
}

const asText = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s+/g, ' ');
