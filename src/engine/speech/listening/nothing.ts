/** Why a sound gives no text. "Nothing" is always explained. */
import type { ListenResult, Transcription } from '../../../protocol';
import { leastLogProbability } from '../leastLogProbability';

export type Nothing = NonNullable<ListenResult['nothing']>;

export interface Heard {
  readonly seconds: number;
  /** Whether there was ever anything but zeros. */
  readonly sound: boolean;
  readonly speech: boolean;
  readonly transcription: Transcription | undefined;
}

/** Nobody says anything in less. */
const shortestSeconds = 0.3;

/** undefined: there is text. */
export function whyNothing({ seconds, sound, speech, transcription }: Heard): Nothing | undefined {
  const length = `${seconds.toFixed(1)} s`;
  if (seconds < shortestSeconds) {
    return { reason: 'too_short', detail: `It was released after ${Math.round(1000 * seconds)} ms.` };
  }
  if (!sound) return { reason: 'no_sound', detail: `The microphone gave ${length} of silence only. ${unmute()}` };
  if (!speech) return { reason: 'no_speech', detail: `There was no speech in ${length} of sound.` };
  if (!transcription || transcription.text === '') {
    return { reason: 'unsure', detail: 'There was something like speech, and no word in it that the model trusts.' };
  }
  return isGuess(transcription)
    ? { reason: 'unsure', detail: `The model does not trust what it heard: “${transcription.text}”.` }
    : undefined;
}

const isGuess = ({ segments }: Transcription): boolean =>
  segments.length > 0 && segments.every(({ avgLogProbability }) => avgLogProbability < leastLogProbability);

export function unmute(platform: string = process.platform): string {
  return platform === 'darwin'
    ? 'Let the editor use it in System Settings → Privacy & Security → Microphone, and check that it is not muted.'
    : 'Check that it is not muted, and that it is the device you mean.';
}
