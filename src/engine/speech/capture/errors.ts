/** One factory a failure of a microphone. */
import { PteronError } from '../../../protocol';

export function microphoneBusy(): PteronError {
  return new PteronError('microphone_busy', 'The microphone is in use already.', 'Release it first, or cancel it.');
}

export function microphoneUnavailable(why: string, cause?: unknown): PteronError {
  return new PteronError(
    'microphone_unavailable',
    `No microphone can be used: ${why}.`,
    'Plug one in, or choose another; `pteron microphones` lists them.',
    { cause },
  );
}

/** The system refused: the program that the editor runs in needs the permission. */
export function microphoneDenied(platform: string = process.platform): PteronError {
  const remedy =
    platform === 'darwin'
      ? 'Let the editor (or the terminal) use it in System Settings → Privacy & Security → Microphone, then start it again.'
      : 'Let this user record sound: on Linux, be a member of the group audio or run a sound server such as PipeWire.';
  return new PteronError('microphone_denied', 'The system does not let Pteron use the microphone.', remedy);
}
