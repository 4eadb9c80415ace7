/** Other readings of a sound that was heard in one window: the encoder is not asked again, only the decoder from where they differ. */
import { otherReadings, type Writing } from '../otherReadings';
import type { Heard, ParakeetProgram } from './program';
import { type Progress, type Rival, type SpokenToken, transduce } from './transducer';

/** What a window says, and what else might have been said in each place. */
export class Speech implements Writing {
  readonly spoken: SpokenToken[] = [];
  readonly rivals: (Rival | null)[] = [];
  cancelled = false;

  get tokens(): readonly number[] {
    return this.spoken.map(({ token }) => token);
  }

  get logProbabilities(): readonly number[] {
    return this.spoken.map(({ logProbability }) => logProbability);
  }

  add(token: SpokenToken, rival: Rival | null): void {
    this.spoken.push(token);
    this.rivals.push(rival);
  }
}

export interface HeardSound {
  readonly heard: Heard;
  readonly signal?: AbortSignal | undefined;
  textOf(speech: Speech): string;
}

/** Texts, the closest first. `best`: what was said greedily of the whole sound. @throws inference_failed */
export async function readOtherwise(
  program: ParakeetProgram,
  best: Speech,
  most: number,
  { heard, signal, textOf }: HeardSound,
): Promise<readonly string[]> {
  const goOn = async (speech: Speech, from: Progress): Promise<Speech> => {
    const onToken = speech.add.bind(speech);
    await transduce(program, from, { heard, offset: 0, end: heard.frames, signal, onToken });
    speech.cancelled = signal?.aborted ?? false;
    return speech;
  };
  const branch = ({ spoken, rivals }: Speech, at: number): Promise<Speech> => {
    const speech = new Speech();
    const { then, ...rival } = rivals[at]!;
    for (const token of [...spoken.slice(0, at), rival]) speech.add(token, null);
    return goOn(speech, then);
  };
  return (await otherReadings(best, most, { textOf, branch })).map(textOf);
}
