/**
 * The capture process: forked by the engine, it reads the microphone and sends what it hears. A process of its own because reads
 * block, and because a crash of a sound driver must not take the engine down. It ends with its parent.
 */
import type { FromCapture, ToCapture } from './messages';
import { microphonesOf } from './microphones';
import { failureOf, Recording } from './recording';
import { type Recorders, systemRecorders } from './recorders';

let recorders: Promise<Recorders> | undefined;
let recording: Recording | undefined;

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToCapture) => void handle(message));

async function handle(message: ToCapture): Promise<void> {
  switch (message.type) {
    case 'list':
      return list(message.request);
    case 'open':
      return open(message.session, message.microphone);
    case 'close':
      recording?.close();
      recording = undefined;
  }
}

const send = (message: FromCapture): void => void process.send?.(message);

async function list(request: number): Promise<void> {
  try {
    const { devices, open } = await (recorders ??= systemRecorders());
    const names = devices();
    const microphones = microphonesOf(names, defaultName(open));
    send({
      type: 'devices',
      request,
      microphones: microphones.map(({ id, name, isDefault }) => ({ id, name, isDefault })),
    });
  } catch (error) {
    send({ type: 'failed', request, failure: await failureOf(error) });
  }
}

/** The recorder tells which device the system chooses only when it has opened it. */
function defaultName(open: Recorders['open']): string | undefined {
  try {
    const recorder = open(-1);
    recorder.close();
    return recorder.device;
  } catch {
    return undefined;
  }
}

async function open(session: number, microphone: string | undefined): Promise<void> {
  recording?.close();
  try {
    const current = new Recording(await (recorders ??= systemRecorders()), microphone, {
      onOpened: (opened, asWished) => send({ type: 'opened', session, microphone: opened, asWished }),
      onSamples: (samples) => send({ type: 'samples', session, samples }),
      onChanged: (changed) => send({ type: 'changed', session, microphone: changed }),
      onFailed: (failure) => send({ type: 'failed', session, failure }),
    });
    recording = current;
    await current.run();
  } catch (error) {
    send({ type: 'failed', session, failure: await failureOf(error) });
  }
}
