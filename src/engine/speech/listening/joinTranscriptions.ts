import type { Transcription } from '../../../protocol';

export interface PlacedTranscription {
  /** Seconds from the sound's beginning. */
  readonly start: number;
  readonly transcription: Transcription;
}

/** Parts of one sound, in order → the whole, with times from its beginning. */
export function joinTranscriptions(parts: readonly PlacedTranscription[], seconds: number): Transcription {
  const all = parts.map(({ transcription }) => transcription);
  const longest = [...all].sort((a, b) => b.seconds - a.seconds)[0];
  const sum = (what: keyof Transcription['timings']) => all.reduce((total, { timings }) => total + timings[what], 0);
  const worded = all.filter(({ text }) => hasWords(text));
  // Of a sound in several parts there would be too many.
  const alternatives = worded.length === 1 ? worded[0]!.alternatives : undefined;
  return {
    ...(alternatives && { alternatives }),
    text: worded.map(({ text }) => withOneEnd(text)).join(' '),
    language: longest?.language ?? null,
    languageProbability: longest?.languageProbability ?? 0,
    seconds,
    segments: parts.flatMap(({ start, transcription }) =>
      transcription.segments.map((segment) => shifted(segment, start)),
    ),
    skipped: parts.flatMap(({ start, transcription }) => transcription.skipped.map((sound) => shifted(sound, start))),
    finish: all.some(({ finish }) => finish === 'cancelled') ? 'cancelled' : 'stop',
    timings: {
      featuresMs: sum('featuresMs'),
      encodeMs: sum('encodeMs'),
      decodeMs: sum('decodeMs'),
      tokens: sum('tokens'),
      windows: sum('windows'),
    },
  };
}

/** A breath behind a question is another segment to Whisper, and is written ".". */
const withOneEnd = (text: string): string => text.replace(/([?!])\s*\.+$/, '$1');

/** Of a breath or a click Whisper says ".". */
const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

interface Timed {
  readonly start: number;
  readonly end: number;
  readonly words?: readonly { readonly start: number; readonly end: number }[];
}

function shifted<T extends Timed>(timed: T, by: number): T {
  const words = timed.words?.map((word) => shifted(word, by));
  return { ...timed, start: timed.start + by, end: timed.end + by, ...(words && { words }) };
}
