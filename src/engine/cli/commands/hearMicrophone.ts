/** `pteron transcribe --mic`: one sound from a microphone, until a pause or Ctrl+C. */
import type { ListenParams, Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import type { CliContext } from '../context';
import { printJson } from '../output';

interface MicrophoneFlags extends Pick<ListenParams, 'model' | 'language' | 'beam' | 'alternatives'> {
  readonly microphone?: string | undefined;
  readonly json?: boolean;
}

const pauseMs = 1500;
const taken: readonly string[] = ['model', 'language', 'beam', 'alternatives', 'microphone', 'json'];

/** @throws invalid_argument with a flag of files only, microphone_*, model_* */
export async function hearMicrophone(
  context: CliContext,
  file: string | undefined,
  flags: MicrophoneFlags,
  print: (context: CliContext, heard: Transcription) => void,
): Promise<void> {
  const { engine, signal, stdout, stderr } = context;
  if (file !== undefined) throw invalidArgument('A file and a microphone are named.', 'Give one of them.');
  const other = Object.keys(flags).find((flag) => !taken.includes(flag));
  if (other !== undefined) throw invalidArgument(`--${other} is for files.`, 'Leave it out, or name a file.');
  // The first Ctrl+C ends the sound, and not the command.
  signal.addEventListener('abort', () => engine.releaseListen(), { once: true });
  const { json, microphone, ...params } = flags;
  const device = microphone === undefined ? {} : { microphone };
  const onUpdate = announce(stderr);
  const result = await engine.listen({ ...params, ...device, releaseAfterSilenceMs: pauseMs }, { onUpdate });
  if (json) return printJson(stdout, result);
  if (result.nothing) stderr.write(`${result.nothing.detail}\n`);
  else if (result.transcription) print(context, result.transcription);
}

function announce(stderr: NodeJS.WritableStream): (update: { readonly state: string }) => void {
  let announced = false;
  return ({ state }) => {
    if (announced || state === 'opening') return;
    announced = true;
    stderr.write('Speak; a pause or Ctrl+C ends it.\n');
  };
}
