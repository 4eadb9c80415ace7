/**
 * The protocol's calls over one connection. The only value import of vscode-jsonrpc is here and in process.ts, and both
 * are loaded when the engine is first started: activation does without them.
 */
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import * as protocol from '../../protocol';
import { protocolMismatch } from './errors';

export class EngineRpc {
  private streams = 0;

  constructor(private readonly connection: MessageConnection) {}

  listModels = () => this.connection.sendRequest(protocol.ListModels);
  loadModel = (model: string, token?: CancellationToken) =>
    this.connection.sendRequest(protocol.LoadModel, { model }, token);
  complete = (params: protocol.CompleteParams, token: CancellationToken) =>
    this.connection.sendRequest(protocol.Complete, params, token);
  countTokens = (params: protocol.CountTokensParams, token?: CancellationToken) =>
    this.connection.sendRequest(protocol.CountTokens, params, token);
  interpretSpeech = (params: protocol.InterpretSpeechParams, token?: CancellationToken) =>
    this.connection.sendRequest(protocol.InterpretSpeech, params, token);
  cheatSheet = (params: protocol.CheatSheetParams) => this.connection.sendRequest(protocol.CheatSheet, params);
  listMicrophones = () => this.connection.sendRequest(protocol.ListMicrophones);
  releaseListen = () => this.connection.sendRequest(protocol.ReleaseListen);
  doctor = () => this.connection.sendRequest(protocol.Doctor);

  /** Fails where the engine speaks another version of the protocol. */
  async initialize(params: Omit<protocol.InitializeParams, 'protocolVersion'>): Promise<protocol.InitializeResult> {
    const { protocolVersion } = protocol;
    const result = await this.connection.sendRequest(protocol.Initialize, { protocolVersion, ...params });
    if (result.protocolVersion !== protocolVersion) throw protocolMismatch(result.protocolVersion, protocolVersion);
    return result;
  }

  async chat(params: protocol.ChatParams, onDelta: (text: string) => void, token: CancellationToken) {
    const progressToken = `chat-${++this.streams}`;
    const subscription = this.connection.onProgress(protocol.TextDelta, progressToken, onDelta);
    try {
      const streamed: protocol.ChatParams & protocol.StreamParams = { ...params, progressToken };
      return await this.connection.sendRequest(protocol.Chat, streamed, token);
    } finally {
      subscription.dispose();
    }
  }

  async listen(
    params: protocol.ListenParams,
    onUpdate: (update: protocol.ListenUpdate) => void,
    token: CancellationToken,
  ): Promise<protocol.ListenResult> {
    const progressToken = `listen-${++this.streams}`;
    const subscription = this.connection.onProgress(protocol.ListenProgress, progressToken, onUpdate);
    try {
      return await this.connection.sendRequest(protocol.Listen, { ...params, progressToken }, token);
    } finally {
      subscription.dispose();
    }
  }

  /** Called once, before anything is sent. */
  start(handlers: {
    readonly onActivity: (activity: protocol.EngineActivity) => void;
    readonly onLog: (params: protocol.LogParams) => void;
    readonly onError: (error: Error) => void;
  }): void {
    this.connection.onNotification(protocol.ActivityChanged, handlers.onActivity);
    this.connection.onNotification(protocol.Log, handlers.onLog);
    this.connection.onError(([error]) => handlers.onError(error));
    this.connection.listen();
  }

  /** Rejects what is in flight. */
  dispose(): void {
    this.connection.dispose();
  }
}
