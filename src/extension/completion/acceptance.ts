/** Counts what was offered and accepted. Stable API tells of an acceptance only through the item's command. */
import * as vscode from 'vscode';
import type { Log } from '../log';

const command = 'pteron.completion.accepted';

export class AcceptanceTracker implements vscode.Disposable {
  offeredCount = 0;
  acceptedCount = 0;
  private readonly registration: vscode.Disposable;

  constructor(private readonly log: Log) {
    this.registration = vscode.commands.registerCommand(command, (length: unknown) => this.accepted(length));
  }

  /** The command that an offered item carries. */
  offered(text: string): vscode.Command {
    this.offeredCount++;
    return { command, title: 'Suggestion accepted', arguments: [text.length] };
  }

  dispose(): void {
    this.registration.dispose();
  }

  private accepted(length: unknown): void {
    this.acceptedCount++;
    this.log.debug(`completion: accepted (${typeof length === 'number' ? length : '?'} characters)`);
  }
}
