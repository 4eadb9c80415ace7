/** Talks to the probe extension inside the workbench. */
import { connect, type Socket } from 'node:net';
import type { PteronApi } from '../../../src/extension/api';

export interface ApiReport {
  readonly version: string;
  readonly activationMs: number;
  readonly engine: ReturnType<PteronApi['engineState']>;
  readonly status: ReturnType<PteronApi['status']>;
  readonly voice: ReturnType<PteronApi['voice']>;
  readonly suggestions: ReturnType<PteronApi['suggestions']>;
  readonly newestLog: ReturnType<PteronApi['newestLog']>;
}

export interface SelectionReport {
  readonly line: number;
  readonly character: number;
  readonly text: string;
}

interface Answer {
  readonly request: number;
  readonly result?: unknown;
  readonly error?: string;
}

export class Probe {
  private next = 0;

  constructor(private readonly socketPath: string) {}

  api = (): Promise<ApiReport> => this.ask('api') as Promise<ApiReport>;
  /** Text of the open document whose path ends so, saved or not. */
  text = (endsWith: string): Promise<string | null> => this.ask('text', { endsWith }) as Promise<string | null>;
  selection = (): Promise<SelectionReport> => this.ask('selection') as Promise<SelectionReport>;
  command = (id: string, ...args: unknown[]): Promise<unknown> => this.ask('command', { id, args });
  configure = (key: string, value: unknown): Promise<unknown> => this.ask('configure', { key, value });
  clipboard = (): Promise<string> => this.ask('clipboard') as Promise<string>;

  /** A connection a request: the extension host may have been replaced by a reload. */
  ask(operation: string, parameters: Record<string, unknown> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(this.socketPath);
      let received = '';
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the extension host went away')));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
        if (!received.includes('\n')) return;
        const answer = JSON.parse(received) as Answer;
        socket.end();
        if (answer.error === undefined) resolve(answer.result);
        else reject(new Error(answer.error));
      });
      socket.write(`${JSON.stringify({ request: ++this.next, operation, ...parameters })}\n`);
    });
  }
}
