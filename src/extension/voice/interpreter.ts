/** Asks the engine what an utterance means, with everything it may be about: the place, the workspace's files, the palette, the user's phrases. */
import type {
  InterpretSpeechParams,
  InterpretSpeechResult,
  PaletteCommand,
  PteronError,
  SpeechMode,
  UserPhrase,
} from '../../protocol';
import { toPteronError } from '../engine/errors';
import type { SpokenPlace } from './place';

export interface InterpreterOptions {
  readonly interpret: (params: InterpretSpeechParams) => Promise<InterpretSpeechResult>;
  readonly files: () => Promise<readonly string[]>;
  readonly extensionCommands: () => Promise<readonly PaletteCommand[]>;
  /** As the user wrote them. */
  readonly phrases: () => readonly unknown[];
  readonly mode: () => SpeechMode;
  readonly cleanUp: () => boolean;
  /** The chat model, which is asked only if it is in memory. */
  readonly chatModel: () => Promise<string | undefined>;
  /** The user's phrases cannot be used: the utterance is interpreted without them. */
  readonly onBadPhrases: (error: PteronError) => void;
}

/** As many as the engine takes. */
const mostAlternatives = 16;

export async function interpretUtterance(
  alternatives: readonly string[],
  place: SpokenPlace,
  options: InterpreterOptions,
): Promise<InterpretSpeechResult> {
  const params = await gathered(alternatives, place, options);
  const phrases = options.phrases();
  if (phrases.length === 0) return options.interpret(params);
  try {
    return await options.interpret({ ...params, phrases: phrases as readonly UserPhrase[] });
  } catch (error) {
    const known = toPteronError(error);
    if (known.code !== 'invalid_argument') throw known;
    const result = await options.interpret(params); // if this fails too, it was not the phrases
    options.onBadPhrases(known);
    return result;
  }
}

async function gathered(
  alternatives: readonly string[],
  place: SpokenPlace,
  { files, extensionCommands, mode, cleanUp, chatModel }: InterpreterOptions,
): Promise<InterpretSpeechParams> {
  const [paths, commands, model] = await Promise.all([files(), extensionCommands(), chatModel()]);
  const document = place.document();
  return {
    alternatives: alternatives.slice(0, mostAlternatives),
    focus: place.focus,
    mode: mode(),
    ...(cleanUp() ? { cleanUp: true } : {}),
    files: paths,
    extensionCommands: commands,
    ...(document ? { document } : {}),
    ...(model === undefined ? {} : { model }),
  };
}
