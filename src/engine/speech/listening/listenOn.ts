/** Utterances, one after the other, until it is told to stop. Nothing of what is done with stays in memory. */
import type { ListenUpdate, Microphone, SilentReason, Transcription } from '../../../protocol';
import { speechRate } from '../audio/decodeAudio';
import type { SoundSource } from '../capture/soundSource';
import type { VoiceActivityDetector } from '../vad/voiceActivity';
import { Ear } from './ear';
import type { PlacedTranscription } from './joinTranscriptions';
import { whyNothing } from './nothing';
import { type NewRecognition, Passages } from './passages';

/** Times in seconds since it began to listen. */
export type Utterance =
  | { readonly kind: 'text'; readonly start: number; readonly end: number; readonly transcription: Transcription }
  | {
      readonly kind: 'nothing';
      readonly start: number;
      readonly end: number;
      readonly reason: SilentReason;
      readonly detail: string;
    };

export interface ListeningOn {
  readonly source: SoundSource;
  readonly detector: Promise<VoiceActivityDetector>;
  readonly recognition: NewRecognition;
  /** Silence that ends an utterance. */
  readonly pauseMs?: number | undefined;
  readonly onOpen?: ((microphone: Microphone | null) => void) | undefined;
  readonly onUpdate?: ((update: ListenUpdate) => void) | undefined;
  readonly onUtterance: (utterance: Utterance) => void;
  /** What is being said is still understood. */
  readonly stop: AbortSignal;
}

const defaultPauseMs = 700;

/** Resolves at the end of a file, or after `stop`. @throws microphone_*, file_not_found, audio_invalid, model_*, inference_failed */
export async function listenOn(setup: ListeningOn): Promise<void> {
  let end!: (error?: unknown) => void;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error as Error));
  });
  const pause = ((setup.pauseMs ?? defaultPauseMs) / 1000) * speechRate;
  const cut = () => void passages.cut().catch(end);
  const ear: Ear = new Ear(setup.source, setup.detector, {
    onEnd: end,
    onWindow: () => {
      const { first, speaking, silence } = ear.tracker;
      passages.follow();
      if (first !== null && !speaking && silence >= pause) cut();
      setup.onUpdate?.(updateOf(ear, passages));
    },
    keepUp: () => passages.settled(),
  });
  const passages: Passages = new Passages(ear.sound, ear.tracker, setup.recognition, {
    onText: () => setup.onUpdate?.(updateOf(ear, passages)),
    onDone: (placed) => {
      passages.forget();
      setup.onUtterance(utteranceOf(placed));
    },
  });
  setup.stop.addEventListener('abort', () => end(), { once: true });
  if (setup.stop.aborted) end();
  try {
    ear.open().then(() => setup.onOpen?.(ear.microphone), end);
    await ended;
    await ear.close();
    await passages.cut();
    await passages.settled();
  } finally {
    void ear.close();
    passages.dispose();
  }
}

function updateOf({ meter, sound, tracker, warning }: Ear, { text }: Passages): ListenUpdate {
  const state = tracker.speaking ? 'speech' : 'listening';
  return { state, level: meter.level, seconds: sound.end / speechRate, ...text, ...(warning && { warning }) };
}

function utteranceOf({ start, transcription }: PlacedTranscription): Utterance {
  const { seconds } = transcription;
  const times = { start, end: start + seconds };
  const nothing = whyNothing({ seconds: Math.max(1, seconds), sound: true, speech: true, transcription });
  return nothing ? { kind: 'nothing', ...times, ...nothing } : { kind: 'text', ...times, transcription };
}
