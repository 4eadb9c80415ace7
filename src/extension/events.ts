/** Events and cancellation for code that must not know the editor, and must not load the protocol before it is needed. */
import type { CancellationToken, Event } from 'vscode-jsonrpc';

export interface Disposable {
  dispose(): void;
}

export class Emitter<T> implements Disposable {
  private listeners: ((value: T) => void)[] = [];

  readonly event = (listener: (value: T) => void): Disposable => {
    this.listeners = [...this.listeners, listener];
    return { dispose: () => void (this.listeners = this.listeners.filter((known) => known !== listener)) };
  };

  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }

  dispose(): void {
    this.listeners = [];
  }
}

/** What the protocol's requests accept as a cancellation. */
export class CancellationSource {
  private readonly controller = new AbortController();
  readonly token: CancellationToken = tokenOf(this.controller.signal);

  cancel(): void {
    this.controller.abort();
  }
}

function tokenOf(signal: AbortSignal): CancellationToken {
  const onCancellationRequested: Event<unknown> = (listener) => {
    const call = (): void => listener(undefined);
    if (signal.aborted) queueMicrotask(call);
    else signal.addEventListener('abort', call, { once: true });
    return { dispose: () => signal.removeEventListener('abort', call) };
  };
  return {
    get isCancellationRequested() {
      return signal.aborted;
    },
    onCancellationRequested,
  };
}
