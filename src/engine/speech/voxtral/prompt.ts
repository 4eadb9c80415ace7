/** What Voxtral is asked. Source: mistral_common's instruct.py, `encode_transcription` and `encode_user_message`. */
import type { VoxtralTokens } from './tokens';

export interface VoxtralPrompt {
  readonly tokens: readonly number[];
  /** Where what was heard stands. */
  readonly heardAt: number;
}

/** `language`: the tokens of 'lang:en'; none where it is to be heard. */
export function transcriptionPrompt(special: VoxtralTokens, heard: number, language: readonly number[]): VoxtralPrompt {
  return around(special, heard, [], [...language, special.transcribe]);
}

export function questionPrompt(special: VoxtralTokens, heard: number, question: readonly number[]): VoxtralPrompt {
  return around(special, heard, question, []);
}

function around(
  { begin, instruction, beginAudio, audio, endOfInstruction }: VoxtralTokens,
  heard: number,
  said: readonly number[],
  after: readonly number[],
): VoxtralPrompt {
  const before = [begin, instruction, beginAudio];
  const sound = new Array<number>(heard).fill(audio);
  return { tokens: [...before, ...sound, ...said, endOfInstruction, ...after], heardAt: before.length };
}
