/** Ghost text: VS Code's inline completion interface around `requestCompletion`. */
import * as vscode from 'vscode';
import type { Settings } from '../settings';
import type { AcceptanceTracker } from './acceptance';
import { readWindow, type DocumentReader, type DocumentWindow } from './documentWindow';
import { nothing, type Nothing, type Outcome } from './reasons';
import { requestCompletion, type CompletionDependencies, type CompletionRequest } from './request';
import type { Snooze } from './snooze';
import { wantsMultiline, whyNotTriggered } from './trigger';

export interface ProviderOptions extends CompletionDependencies {
  readonly settings: Settings;
  readonly snooze: Snooze;
  readonly acceptance: AcceptanceTracker;
}

export class CompletionProvider implements vscode.InlineCompletionItemProvider {
  constructor(private readonly options: ProviderOptions) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const started = performance.now();
    const request = this.toRequest(document, position, context);
    const outcome = 'kind' in request ? request : await requestCompletion(request, this.options, token);
    this.logOutcome(outcome, performance.now() - started);
    if (outcome.kind === 'nothing') return [];
    const selected = context.selectedCompletionInfo;
    const text = selected ? selected.text + outcome.text : outcome.text;
    const range = selected ? selected.range : new vscode.Range(position, position);
    return [new vscode.InlineCompletionItem(text, range, this.options.acceptance.offered(text))];
  }

  private toRequest(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
  ): CompletionRequest | Nothing {
    const { settings, snooze } = this.options;
    const line = document.lineAt(position).text;
    const selected = context.selectedCompletionInfo;
    const lineBefore = selected
      ? line.slice(0, selected.range.start.character) + selected.text
      : line.slice(0, position.character);
    const lineAfter = line.slice(selected ? selected.range.end.character : position.character);
    const automatic = context.triggerKind === vscode.InlineCompletionTriggerKind.Automatic;
    const reason = whyNotTriggered({
      automatic,
      enabled: settings.get('completion.enabled', document),
      snoozed: snooze.endsAt !== undefined,
      languages: settings.get('completion.languages', document),
      languageId: document.languageId,
      scheme: document.uri.scheme,
      cursorCount: selectionCount(document),
      lineBefore,
      lineAfter,
      hasContext: lineBefore.trim() !== '' || hasTextAbove(document, position.line),
    });
    if (reason) return nothing(reason);
    return {
      uri: document.uri.toString(),
      languageId: document.languageId,
      path: document.isUntitled ? undefined : vscode.workspace.asRelativePath(document.uri),
      window: windowAt(document, position, selected),
      automatic,
      multiline: wantsMultiline(settings.get('completion.multiline', document), lineBefore, lineAfter),
      maxTokens: settings.get('completion.maxTokens', document),
      debounceMs: settings.get('completion.debounce', document),
    };
  }

  private logOutcome(outcome: Outcome, ms: number): void {
    const { log } = this.options;
    if (outcome.kind === 'nothing')
      log.debug(`completion: nothing to show (${outcome.reason}) after ${ms.toFixed(0)} ms`);
    else log.debug(`completion: shown from ${outcome.from} after ${ms.toFixed(0)} ms`);
  }
}

/** With the suggest widget open, what counts is the document as it will be with the selected entry inserted. */
function windowAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): DocumentWindow {
  const reader = toReader(document);
  if (!selected) return readWindow(reader, position);
  const before = readWindow(reader, selected.range.start);
  const after = readWindow(reader, selected.range.end);
  return {
    prefix: before.prefix + selected.text,
    prefixOffset: before.prefixOffset,
    suffix: after.suffix,
    cursorOffset: before.cursorOffset + selected.text.length,
  };
}

function toReader(document: vscode.TextDocument): DocumentReader {
  const position = ({ line, character }: { line: number; character: number }): vscode.Position =>
    new vscode.Position(line, character);
  return {
    lineCount: document.lineCount,
    offsetAt: (at) => document.offsetAt(position(at)),
    positionAt: (offset) => document.positionAt(offset),
    textBetween: (start, end) => document.getText(new vscode.Range(position(start), position(end))),
  };
}

function selectionCount(document: vscode.TextDocument): number {
  const editor = vscode.window.activeTextEditor;
  return editor?.document === document ? editor.selections.length : 1;
}

const linesLookedAt = 50;

function hasTextAbove(document: vscode.TextDocument, line: number): boolean {
  for (let above = line - 1; above >= Math.max(0, line - linesLookedAt); above--) {
    if (!document.lineAt(above).isEmptyOrWhitespace) return true;
  }
  return false;
}
