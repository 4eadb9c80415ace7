/** The side panel's chat. */
import type * as vscode from 'vscode';
import type { Parts } from '../features';
import { ChatHistory } from './history';
import { ChatSession } from './session';
import { ChatView } from './view';

export interface ChatParts {
  readonly view: ChatView;
  readonly session: ChatSession;
  readonly history: ChatHistory;
}

export function composeChat(
  context: vscode.ExtensionContext,
  { engine, models, settings, status, log }: Parts,
): ChatParts {
  const { subscriptions } = context;
  const history = new ChatHistory(context.workspaceState, log);
  const showModel = (): void => {
    models.pick('chat').then(
      (model) => view.post({ type: 'model', model: model.name }),
      () => view.post({ type: 'model' }), // said when a question is asked, and by the status bar
    );
  };
  const view = new ChatView({ extensionUri: context.extensionUri, log, onReady: showModel });
  subscriptions.push(view);
  const session = new ChatSession({
    history,
    log,
    model: () => models.pick('chat'),
    chat: (params, onDelta, token) => engine.chat(params, onDelta, token),
    limits: () => ({
      maxTokens: settings.get('chat.maxTokens'),
      temperature: settings.get('chat.temperature'),
      thinking: settings.get('chat.thinking'),
    }),
    post: (message) => view.post(message),
    onFailure: (error) => status.failed('chat', error),
    onSuccess: () => status.succeeded('chat'),
  });
  subscriptions.push(session);
  view.attach(session);
  subscriptions.push(
    settings.onDidChange((keys) => (keys.has('chat.model') || keys.has('home') ? showModel() : undefined)),
  );
  subscriptions.push(
    engine.onDidChangeActivity((activity) => {
      const text = session.busy && activity.state === 'loading' ? `Loading ${activity.model}…` : '';
      view.post({ type: 'progress', text });
    }),
  );
  return { view, session, history };
}
