/** Ghost text in every kind of document; what is excluded is decided in trigger.ts. */
import * as vscode from 'vscode';
import type { Parts } from '../features';
import { AcceptanceTracker } from './acceptance';
import { AdaptiveDebounce } from './debounce';
import { CompletionProvider } from './provider';
import { RecentSuggestions } from './recentSuggestions';

export function composeCompletion(
  context: vscode.ExtensionContext,
  { engine, models, settings, status, log }: Parts,
): { readonly acceptance: AcceptanceTracker } {
  const { subscriptions } = context;
  const acceptance = new AcceptanceTracker(log);
  subscriptions.push(acceptance);
  const recent = new RecentSuggestions();
  let lastFailure = '';
  const provider = new CompletionProvider({
    settings,
    snooze: status.snooze,
    acceptance,
    recent,
    debounce: new AdaptiveDebounce(),
    log,
    model: () => models.pick('completion'),
    complete: (params, token) => engine.complete(params, token),
    onFailure: (error) => {
      // Every keystroke may fail the same way: once is enough for the log.
      if (error.message !== lastFailure) log.error(`completion: ${error.toString()}`);
      lastFailure = error.message;
      status.failed('completion', error);
    },
    onSuccess: () => {
      lastFailure = '';
      status.succeeded('completion');
    },
  });
  subscriptions.push(vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider));
  subscriptions.push(
    settings.onDidChange((keys) => {
      if ([...keys].some((key) => key.startsWith('completion.') || key === 'home')) recent.clear();
    }),
  );
  return { acceptance };
}
