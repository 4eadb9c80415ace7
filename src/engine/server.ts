/** The handler table: each message of src/protocol/messages.ts to what the engine does for it. */
import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc';
import * as protocol from '../protocol';
import type { Engine, GenerationOptions } from './engine';
import type { ListenOptions } from './listening';
import { cheatSheet } from './speech/commands/cheatSheet';
import { rulesWith } from './speech/commands/rules';
import { invalidArgument, toPteronError } from './errors';
import {
  chatSchema,
  cheatSheetSchema,
  completeSchema,
  countSchema,
  initializeSchema,
  interpretSchema,
  listenSchema,
  modelSchema,
  validated,
} from './validate';
import { engineVersion } from './version';

/** JSON-RPC's number for "the request was understood but failed"; the code that matters is in `data`. */
const requestFailed = -32803;

export interface ServerHost {
  /** Builds the engine once the client said where its models are. */
  readonly createEngine: (params: protocol.InitializeParams) => Engine;
  /** Ends the process, after the reply to `shutdown` is on its way. */
  readonly exit: () => void;
}

/** Registers every handler; the caller listens. */
export function serve(connection: MessageConnection, host: ServerHost): void {
  let engine: Engine | undefined;
  const ready = (): Engine => {
    if (!engine) throw invalidArgument('The engine was not initialized.', 'Send `initialize` first.');
    return engine;
  };

  connection.onRequest(protocol.Initialize, (params) =>
    coded(() => {
      validated(initializeSchema, params);
      if (params.protocolVersion !== protocol.protocolVersion) {
        const versions = `${params.protocolVersion}, the engine ${protocol.protocolVersion}`;
        throw invalidArgument(
          `The client speaks protocol ${versions}.`,
          'Install matching versions: reload the window.',
        );
      }
      engine ??= host.createEngine(params);
      return { protocolVersion: protocol.protocolVersion, engineVersion, pid: process.pid };
    }),
  );
  connection.onRequest(protocol.ListModels, () => coded(() => ready().listModels()));
  connection.onRequest(protocol.LoadModel, (params) =>
    coded(() => ready().loadModel(validated(modelSchema, params).model)),
  );
  connection.onRequest(protocol.UnloadModel, (params) =>
    coded(() => ready().unloadModel(validated(modelSchema, params).model)),
  );
  connection.onRequest(protocol.Complete, (params, token) =>
    coded(() => ready().complete(validated(completeSchema, params), generationOptions(connection, params, token))),
  );
  connection.onRequest(protocol.Chat, (params, token) =>
    coded(() => ready().chat(validated(chatSchema, params), generationOptions(connection, params, token))),
  );
  connection.onRequest(protocol.CountTokens, (params) =>
    coded(() => {
      const { model, text } = validated(countSchema, params);
      return ready().countTokens(model, text);
    }),
  );
  connection.onRequest(protocol.Listen, (params, token) =>
    coded(() => ready().listen(validated(listenSchema, params), listenOptions(connection, params, token))),
  );
  connection.onRequest(protocol.ListMicrophones, () => coded(() => ready().listMicrophones()));
  connection.onRequest(protocol.ReleaseListen, () => coded(() => ready().releaseListen()));
  connection.onRequest(protocol.InterpretSpeech, (params) =>
    coded(() => ready().interpretSpeech(validated(interpretSchema, params))),
  );
  connection.onRequest(protocol.CheatSheet, (params) =>
    coded(() => cheatSheet(rulesWith(validated(cheatSheetSchema, params).phrases))),
  );
  connection.onRequest(protocol.Doctor, () => coded(() => ready().doctor()));
  connection.onRequest(protocol.Shutdown, () =>
    coded(async () => {
      await engine?.dispose();
      setImmediate(host.exit);
    }),
  );
}

/** No failure of a handler leaves it uncoded, and none ends the process. */
async function coded<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = toPteronError(error);
    throw new ResponseError(requestFailed, failure.message, failure.toData());
  }
}

function generationOptions(
  connection: MessageConnection,
  { progressToken }: protocol.StreamParams,
  token: CancellationToken,
): GenerationOptions {
  const signal = signalOf(token);
  if (progressToken === undefined) return { signal };
  const onText = (delta: string) =>
    void connection.sendProgress(protocol.TextDelta, progressToken, delta).catch(() => undefined);
  return { signal, onText };
}

function listenOptions(
  connection: MessageConnection,
  { progressToken }: protocol.ListenParams,
  token: CancellationToken,
): ListenOptions {
  const signal = signalOf(token);
  if (progressToken === undefined) return { signal };
  const onUpdate = (update: protocol.ListenUpdate) =>
    void connection.sendProgress(protocol.ListenProgress, progressToken, update).catch(() => undefined);
  return { signal, onUpdate };
}

function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
