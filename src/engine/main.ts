/** The engine process: forked by the extension, spoken to over fork IPC, ends with its parent. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { ActivityChanged, type EngineActivity, Log, type LogParams } from '../protocol';
import { compose } from './compose';
import { loadAddon } from './native/loader';
import { serve } from './server';

if (!process.send) {
  process.stderr.write('This is the engine that the Pteron extension starts; use the `pteron` command instead.\n');
  process.exit(2);
}

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
// A client that is going away no longer reads: what cannot be sent is dropped.
const quietly = (sending: Promise<void>) => void sending.catch(() => undefined);
const log = (level: LogParams['level'], message: string) =>
  quietly(connection.sendNotification(Log, { level, message }));

// A defect in one request must not take the others down; a crash of native code still does, and the client restarts.
process.on('uncaughtException', (error) => log('error', `uncaught: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) => log('error', `unhandled: ${String(reason)}`));
process.on('disconnect', () => process.exit(0));

serve(connection, {
  createEngine: ({ home, memoryLimitBytes }) => {
    log('info', `engine ${process.pid} ready after ${performance.now().toFixed(0)} ms`);
    const onActivity = (activity: EngineActivity) => quietly(connection.sendNotification(ActivityChanged, activity));
    return compose({ addon: loadAddon, home, memoryLimitBytes, onActivity }).engine;
  },
  exit: () => process.exit(0),
});
connection.listen();
