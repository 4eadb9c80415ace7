/**
 * An engine process that speaks the protocol and obeys the tests; run by child_process.fork, never shipped.
 * FAKE_ENGINE holds what it does wrong: 'exitAtOnce' | 'oldProtocol' | 'mute'.
 */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node.js';

const mode = process.env.FAKE_ENGINE ?? '';
if (mode === 'exitAtOnce') process.exit(3);

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const timings = {
  ...{ promptTokens: 9, reusedTokens: 0, prefillMs: 1, firstTokenMs: 1, generatedTokens: 2, decodeMs: 1 },
  ...{ draftedTokens: 0, acceptedTokens: 0 },
};
const model = (id, role) => ({
  ...{ id, role, name: id, family: 'test', quantization: 'none', bytes: 1, contextLength: 2048, installed: true },
});

connection.onRequest('initialize', () => {
  if (mode === 'mute') return new Promise(() => undefined);
  return { protocolVersion: mode === 'oldProtocol' ? 0 : 1, engineVersion: '0.0.0', pid: process.pid };
});
connection.onRequest('models/list', () => [model('writer', 'completion'), model('talker', 'chat')]);
connection.onRequest('models/load', () => {
  throw new ResponseError(-32000, 'There is no model “x”.', { code: 'model_not_found', remedy: 'Add it.' });
});
connection.onRequest('tokens/count', ({ text }) => text.length);
connection.onRequest('complete', () => process.exit(9));

/** Streams the question's words; 'hang' waits after the first until it is cancelled. */
connection.onRequest('chat', async ({ messages, progressToken }, token) => {
  const words = messages.at(-1).content.split(' ');
  let text = '';
  await connection.sendNotification('activity', { state: 'working', what: 'chat', model: 'talker' });
  for (const word of words) {
    if (word === 'die') process.kill(process.pid, 'SIGKILL');
    text += `${word} `;
    await connection.sendNotification('$/progress', { token: progressToken, value: `${word} ` });
    if (word === 'hang') await new Promise((resolve) => token.onCancellationRequested(resolve));
    if (token.isCancellationRequested) return { text, finish: 'cancelled', timings };
  }
  await connection.sendNotification('activity', { state: 'idle' });
  return { text, finish: 'stop', timings };
});
/** Says what it hears until it is released or cancelled. */
let release = () => undefined;
connection.onRequest('voice/listen', async ({ progressToken }, token) => {
  const update = { state: 'speech', level: 0.5, seconds: 1, confirmed: 'go to', tentative: ' line' };
  await connection.sendNotification('$/progress', { token: progressToken, value: update });
  const finish = await new Promise((resolve) => {
    release = () => resolve('released');
    token.onCancellationRequested(() => resolve('cancelled'));
  });
  const alternatives = finish === 'released' ? ['go to line one'] : [];
  return { finish, alternatives, microphone: null, timings: { openMs: 1, releaseToTextMs: 1 } };
});
connection.onRequest('voice/release', () => release());
connection.onRequest('voice/microphones', () => {
  throw new ResponseError(-32000, 'No microphone.', { code: 'microphone_unavailable', remedy: 'Plug one in.' });
});
connection.onRequest('speech/interpret', ({ alternatives }) => ({
  heard: alternatives[0],
  outcome: { kind: 'none', reason: 'no_match', detail: '' },
}));
connection.onRequest('speech/cheatSheet', () => '### Navigation');
connection.listen();
process.on('disconnect', () => process.exit(0));
