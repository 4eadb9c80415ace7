/** model.json: what the exporter writes beside a program. Data from outside, so validated in full before use. */
import * as v from 'valibot';

export const manifestVersion = 1;

const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 50));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
/** A file beside model.json: no folder, no way out of the model's own folder. */
const siblingFile = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/));
export const modelId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/));

/** How Whisper is called and what its special tokens mean (speech/whisper/tokens.ts). */
const whisperSchema = v.object({
  kind: v.literal('whisper'),
  melBins: v.pipe(count, v.maxValue(256)),
  /** Of a window: 10 ms each. */
  frames: v.pipe(count, v.maxValue(6000)),
  tokens: v.object({
    startOfTranscript: tokenId,
    startOfPrevious: tokenId,
    endOfText: tokenId,
    noSpeech: tokenId,
    noTimestamps: tokenId,
    firstTimestamp: tokenId,
    transcribe: v.nullable(tokenId),
    translate: v.nullable(tokenId),
    languages: v.record(v.pipe(v.string(), v.regex(/^[a-z]{2,3}$/)), tokenId),
    suppress: v.pipe(v.array(tokenId), v.maxLength(10_000)),
    suppressAtBegin: v.pipe(v.array(tokenId), v.maxLength(10_000)),
    maxInitialTimestamp: count,
  }),
});

/** How Voxtral Mini hears, and what its special tokens mean (speech/voxtral/tokens.ts). */
const voxtralSchema = v.object({
  kind: v.literal('voxtral'),
  melBins: v.pipe(count, v.maxValue(256)),
  /** Of a window: 10 ms each. */
  frames: v.pipe(count, v.maxValue(6000)),
  tokens: v.object({
    begin: tokenId,
    end: tokenId,
    instruction: tokenId,
    endOfInstruction: tokenId,
    beginAudio: tokenId,
    audio: tokenId,
    transcribe: tokenId,
  }),
});
/** The same of Voxtral Realtime (speech/voxtralRealtime/tokens.ts). */
const realtimeSchema = v.object({
  kind: v.literal('voxtral_realtime'),
  melBins: v.pipe(count, v.maxValue(256)),
  /** Of a call of encode: 80 ms each. */
  mostTokens: v.pipe(count, v.maxValue(1024)),
  /** Tokens of silence before a sound. */
  leftPad: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)),
  /** Tokens that the text is behind the sound, where nobody says. */
  delay: v.pipe(count, v.maxValue(30)),
  tokens: v.object({ begin: tokenId, end: tokenId, pad: tokenId, word: tokenId }),
});
/** How Parakeet is called: a FastConformer encoder, and a transducer that says with each token how many frames it lasts. */
const parakeetSchema = v.pipe(
  v.object({
    kind: v.literal('parakeet'),
    melBins: v.pipe(count, v.maxValue(256)),
    /** Most of a window: 10 ms each. */
    frames: v.pipe(count, v.maxValue(60_000)),
    /** Frames that become one of the encoder's. */
    subsampling: v.pipe(count, v.maxValue(64)),
    /** Of a frame for the joint network, and of the prediction network's state. */
    hiddenSize: v.pipe(count, v.maxValue(65_536)),
    layers: v.pipe(count, v.maxValue(64)),
    /** Most frames that a step looks at. */
    stepFrames: v.pipe(count, v.maxValue(4096)),
    /** "Nothing more is said here"; the first token too. */
    blank: tokenId,
    /** What each of the last logits stands for, in the encoder's frames. */
    durations: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))),
      v.minLength(1),
      v.maxLength(64),
    ),
    /** Most tokens at one frame. */
    maxSymbolsPerStep: v.pipe(count, v.maxValue(1000)),
  }),
  v.check(({ frames, subsampling }) => frames % subsampling === 0, 'a window is no whole number of encoded frames'),
);

/** One entry a kind of recognizer (speech/recognizers.ts). */
const speechSchema = v.variant('kind', [whisperSchema, voxtralSchema, realtimeSchema, parakeetSchema]);

/** How a voice activity detector is called: forward(sound[1, context + window], state) → probability[1,1], state. */
const vadSchema = v.object({
  sampleRate: v.literal(16_000),
  /** Samples a call judges. */
  window: v.literal(512),
  /** Samples before them that it is given too. */
  context: v.pipe(count, v.maxValue(512)),
  state: v.pipe(v.array(v.pipe(count, v.maxValue(4096))), v.minLength(1), v.maxLength(4)),
});

const described = v.object({
  schemaVersion: v.literal(manifestVersion),
  id: modelId,
  name: v.string(),
  /** Architecture: 'gemma3', 'llama', … */
  family: v.string(),
  role: v.picklist(['completion', 'chat', 'speech', 'vad']),
  backend: v.literal('mlx'),
  program: siblingFile,
  /** Further constants (`.ptd`). */
  data: v.optional(v.array(siblingFile), []),
  contextLength: count,
  /** Upper bound of S in forward(tokens[1,S], position[1], keep[K]). */
  prefillChunk: count,
  /** Upper bound of K. */
  maxLogitRows: count,
  vocabularySize: count,
  slidingWindow: v.nullable(count),
  /** null: not known, as of a program that others exported. */
  parameters: v.nullable(count),
  /** dtype of activations and KV cache, and how the weights are held, e.g. 'gguf:Q5_0+Q8_0', 'affine 8-bit group 64', 'none'. */
  dtype: v.picklist(['float32', 'bfloat16', 'float16']),
  quantization: v.string(),
  /** What keys and values are kept in; absent: in `dtype`. int8 and int4: affine, a scale and a bias a group of each head's row. */
  kvCache: v.optional(v.picklist(['float32', 'bfloat16', 'float16', 'int8', 'int4'])),
  /** What it needs to run, in bytes: state (KV cache and the like) is a fixed part and one for each token of context. */
  memory: v.optional(
    v.object({
      weightsBytes: amount,
      stateBytes: amount,
      stateBytesPerToken: amount,
      workBytes: amount,
    }),
  ),
  methods: v.record(v.string(), v.object({ inputs: v.array(v.string()), outputs: v.array(v.string()) })),
  tokens: v.object({
    bos: v.nullable(tokenId),
    /** Any of these ends a generation. */
    eos: v.array(tokenId),
    /** Whether a prompt starts with bos. */
    addBos: v.boolean(),
  }),
  /** Fill-in-the-middle marker ids; null where the model was not trained for it (decided from the tokenizer, never the name). */
  fim: v.nullable(
    v.object({
      prefix: tokenId,
      suffix: tokenId,
      middle: tokenId,
      order: v.picklist(['psm', 'spm']),
    }),
  ),
  sampling: v.optional(
    v.object({
      temperature: v.optional(v.number()),
      topK: v.optional(v.number()),
      topP: v.optional(v.number()),
      repetitionPenalty: v.optional(v.number()),
    }),
    {},
  ),
  licence: v.object({ name: v.string(), url: v.optional(v.string()) }),
  source: v.object({
    name: v.string(),
    revision: v.string(),
    sha256: v.optional(v.string()),
  }),
  /** Written by the exporter's verify step; see export/. */
  verification: v.optional(v.record(v.string(), v.unknown())),
  /** Of a speech model, and of no other. */
  speech: v.optional(speechSchema),
  /** Of a voice activity detector, and of no other. */
  vad: v.optional(vadSchema),
});

export const manifestSchema = v.pipe(
  described,
  v.check(
    ({ role, speech }) => (role === 'speech') === (speech !== undefined),
    'role and speech do not belong together',
  ),
  v.check(({ role, vad }) => (role === 'vad') === (vad !== undefined), 'role and vad do not belong together'),
  v.check(
    ({ speech, vocabularySize }) => !speech || highestToken(speech) < vocabularySize,
    "speech's tokens lie beyond the vocabulary",
  ),
);

function highestToken(speech: SpeechManifest): number {
  switch (speech.kind) {
    case 'whisper':
      return highestOf(speech.tokens);
    case 'voxtral':
    case 'voxtral_realtime':
      return Math.max(...Object.values(speech.tokens));
    case 'parakeet':
      return speech.blank;
  }
}

function highestOf({
  languages,
  suppress,
  suppressAtBegin,
  maxInitialTimestamp,
  ...named
}: WhisperManifest['tokens']): number {
  const ids = [
    ...Object.values(languages),
    ...suppress,
    ...suppressAtBegin,
    ...Object.values(named).map((id) => id ?? 0),
  ];
  return ids.reduce((highest, id) => Math.max(highest, id), named.firstTimestamp + maxInitialTimestamp);
}

export type SpeechManifest = v.InferOutput<typeof speechSchema>;
export type WhisperManifest = v.InferOutput<typeof whisperSchema>;
export type VoxtralManifest = v.InferOutput<typeof voxtralSchema>;
export type RealtimeManifest = v.InferOutput<typeof realtimeSchema>;
export type VadManifest = v.InferOutput<typeof vadSchema>;
export type ParakeetManifest = v.InferOutput<typeof parakeetSchema>;
export type Manifest = v.InferOutput<typeof manifestSchema>;
