/** What can be asked of recognition, and which models know what to do with it. */
import { invalidArgument } from '../errors';
import type { SpeechManifest } from '../models/manifest';
import type { RecognitionOptions } from './recognizer';

export type Request = keyof Pick<
  RecognitionOptions,
  'language' | 'prompt' | 'translate' | 'temperature' | 'beam' | 'alternatives' | 'delayMs'
>;
type Kind = SpeechManifest['kind'];

const names: Readonly<Record<Kind, string>> = {
  whisper: 'Whisper',
  voxtral: 'Voxtral Mini',
  voxtral_realtime: 'Voxtral Realtime',
  parakeet: 'Parakeet',
};

interface Use {
  readonly flag: string;
  readonly of: readonly Kind[];
  /** Of the other models. */
  readonly why: string;
  readonly remedy?: string;
}

const uses: Readonly<Record<Request, Use>> = {
  language: { flag: '--language', of: ['whisper', 'voxtral'], why: 'it hears by itself what is spoken' },
  prompt: { flag: '--prompt', of: ['whisper'], why: 'it is given nothing but the sound' },
  translate: {
    flag: '--translate',
    of: ['whisper'],
    why: 'it writes what is said in its own language',
    remedy: 'Use Whisper for that, or ask Voxtral Mini to translate with --ask.',
  },
  temperature: { flag: '--temperature', of: ['whisper'], why: 'it takes the likeliest token, always' },
  beam: { flag: '--beam', of: ['whisper'], why: 'it takes the likeliest token, always' },
  alternatives: {
    flag: '--alternatives',
    of: ['whisper', 'voxtral', 'parakeet'],
    why: 'it writes while the sound comes, and does not go back',
  },
  delayMs: { flag: '--delay', of: ['voxtral_realtime'], why: 'it writes when the sound has ended' },
};

export const requests = Object.keys(uses) as readonly Request[];

/** @throws invalid_argument for the first that a model of this kind would ignore */
export function refuseIgnored(kind: Kind, asked: readonly Request[]): void {
  for (const request of asked) {
    const { flag, of, why, remedy } = uses[request];
    if (of.includes(kind)) continue;
    const others = of.map((each) => names[each]).join(' or ');
    throw invalidArgument(`${names[kind]} takes no ${flag}: ${why}.`, remedy ?? `Leave it out, or use ${others}.`);
  }
}

/** A translation is no hint: without it the text is another one. @throws invalid_argument */
export function refuseTranslation(kind: Kind, { translate }: RecognitionOptions): void {
  if (translate) refuseIgnored(kind, ['translate']);
}
