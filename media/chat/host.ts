/** The webview's side of the boundary: every message in either direction goes through here and is checked. */
import * as v from 'valibot';
import { toViewSchema, type FromView, type ToView } from '../../src/protocol/chatView';

interface HostApi {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: ViewState): void;
}
declare function acquireVsCodeApi(): HostApi;

/** What the page remembers while it is hidden. */
const viewStateSchema = v.object({ draft: v.string() });
export type ViewState = v.InferOutput<typeof viewStateSchema>;

const api = acquireVsCodeApi();

export function send(message: FromView): void {
  api.postMessage(message);
}

export function onMessage(handle: (message: ToView) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const parsed = v.safeParse(toViewSchema, event.data);
    if (parsed.success) handle(parsed.output);
    else send({ type: 'ignored', reason: parsed.issues[0].message.slice(0, 500) });
  });
}

export function loadState(): ViewState {
  const parsed = v.safeParse(viewStateSchema, api.getState());
  return parsed.success ? parsed.output : { draft: '' };
}

export function saveState(state: ViewState): void {
  api.setState(state);
}
