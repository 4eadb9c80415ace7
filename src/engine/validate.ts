/** What arrives from another process is checked before it is used: the types of src/protocol hold at compile time only. */
import * as v from 'valibot';
import { invalidArgument } from './errors';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const modelId = v.pipe(v.string(), v.minLength(1));
const progressToken = v.optional(v.union([v.string(), v.number()]));

const sampling = v.optional(
  v.object({
    temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(10))),
    topK: v.optional(natural),
    topP: v.optional(fraction),
    minP: v.optional(fraction),
    repetitionPenalty: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10))),
    seed: v.optional(natural),
  }),
);

export const completeSchema = v.object({
  model: modelId,
  prefix: v.string(),
  prefixOffset: natural,
  suffix: v.string(),
  languageId: v.optional(v.string()),
  path: v.optional(v.string()),
  maxTokens: v.optional(positive),
  multiline: v.optional(v.boolean()),
  deadlineMs: v.optional(v.pipe(v.number(), v.minValue(0))),
  sampling,
  progressToken,
});

export const chatSchema = v.object({
  model: modelId,
  messages: v.pipe(
    v.array(v.object({ role: v.picklist(['system', 'user', 'assistant']), content: v.string() })),
    v.check((messages) => messages.some(({ role }) => role !== 'system'), 'there is no message to answer'),
  ),
  thinking: v.optional(v.boolean()),
  maxTokens: v.optional(positive),
  sampling,
  progressToken,
});

const focus = v.optional(v.picklist(['editor', 'terminal', 'chat']));

const spokenDocument = v.optional(
  v.object({ path: v.optional(v.string()), languageId: v.string(), text: v.string(), offset: v.optional(natural) }),
);

export const listenSchema = v.object({
  model: modelId,
  microphone: v.optional(v.string()),
  file: v.optional(v.pipe(v.string(), v.minLength(1))),
  pace: v.optional(v.pipe(v.number(), v.gtValue(0))),
  language: v.optional(v.string()),
  beam: v.optional(v.pipe(positive, v.maxValue(16))),
  alternatives: v.optional(v.pipe(natural, v.maxValue(16))),
  document: spokenDocument,
  focus,
  releaseAfterSilenceMs: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(60_000))),
  longestMs: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(2 * 60 * 60_000))),
  progressToken,
});

const paletteCommands = v.optional(
  v.array(v.object({ id: v.pipe(v.string(), v.minLength(1)), title: v.string(), category: v.optional(v.string()) })),
);

export const interpretSchema = v.object({
  alternatives: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(16)),
  document: spokenDocument,
  focus,
  mode: v.optional(v.picklist(['auto', 'command', 'dictation'])),
  files: v.optional(v.array(v.string())),
  commands: paletteCommands,
  extensionCommands: paletteCommands,
  phrases: v.optional(v.array(v.unknown())),
  model: v.optional(modelId),
  cleanUp: v.optional(v.boolean()),
});
export const cheatSheetSchema = v.object({ phrases: v.optional(v.array(v.unknown())) });

export const modelSchema = v.object({ model: modelId });
export const countSchema = v.object({ model: modelId, text: v.string() });
export const initializeSchema = v.object({
  protocolVersion: v.number(),
  home: v.optional(v.string()),
  memoryLimitBytes: v.optional(positive),
});

/** `params` as they came, once they fit the schema. @throws invalid_argument naming the field */
export function validated<P>(schema: v.GenericSchema, params: P): P {
  const result = v.safeParse(schema, params);
  if (result.success) return params;
  const [issue] = result.issues;
  throw invalidArgument(
    `${v.getDotPath(issue) ?? 'The request'} is not valid: ${issue.message}.`,
    'Correct the request.',
  );
}
