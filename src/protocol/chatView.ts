/**
 * Messages between the extension host and the chat's webview, validated on both sides: model output and page content
 * are untrusted. Not part of index.ts: the engine has no business with it.
 */
import * as v from 'valibot';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const text = v.pipe(v.string(), v.maxLength(2_000_000));

/** How an answer stands. 'interrupted': its end is missing because the engine or the editor ended first. */
export const answerStates = ['streaming', 'complete', 'length', 'stopped', 'interrupted', 'failed'] as const;

export const voiceStates = ['idle', 'opening', 'listening', 'speech', 'thinking'] as const;
export type VoiceKind = (typeof voiceStates)[number];

export const turnSchema = v.object({
  id,
  question: text,
  answer: text,
  state: v.picklist(answerStates),
  /** Display name of the model that answered. */
  model: v.optional(v.string()),
  error: v.optional(v.object({ code: v.string(), message: v.string(), remedy: v.string() })),
  tokensPerSecond: v.optional(v.number()),
});
export type Turn = v.InferOutput<typeof turnSchema>;

export const toViewSchema = v.variant('type', [
  /** Everything, on opening and whenever the conversation is another one. */
  v.object({
    type: v.literal('conversation'),
    turns: v.array(turnSchema),
    /** How many conversations the history holds, this one included. */
    earlier: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  /** A turn is new or has changed. */
  v.object({ type: v.literal('turn'), turn: turnSchema }),
  v.object({ type: v.literal('delta'), turn: id, text }),
  v.object({ type: v.literal('model'), model: v.optional(v.string()) }),
  /** What the answer is waiting for, e.g. 'Loading SmolLM2…'; '' = nothing. */
  v.object({ type: v.literal('progress'), text: v.string() }),
  /** Puts the caret in the input box. */
  v.object({ type: v.literal('focus') }),
  /** What the microphone is at; `level` is 0 … 1. */
  v.object({ type: v.literal('voice'), state: v.picklist(voiceStates), level: v.number() }),
  /** What is understood so far of what is being said into the input box; both '' = nothing. */
  v.object({ type: v.literal('spoken'), confirmed: text, tentative: text }),
  /** Goes where the caret is in the input box. */
  v.object({ type: v.literal('dictated'), text }),
  /** Takes the last dictated text out again. */
  v.object({ type: v.literal('takeBack') }),
  /** Sends what is in the input box. */
  v.object({ type: v.literal('submit') }),
]);
export type ToView = v.InferOutput<typeof toViewSchema>;

export const fromViewSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('send'), text: v.pipe(text, v.nonEmpty()) }),
  v.object({ type: v.literal('stop') }),
  v.object({ type: v.literal('retry'), turn: id }),
  v.object({ type: v.literal('copy'), text }),
  v.object({ type: v.literal('insert'), text }),
  v.object({ type: v.literal('newChat') }),
  v.object({ type: v.literal('showHistory') }),
  v.object({ type: v.literal('chooseModel') }),
  v.object({ type: v.literal('showLog') }),
  /** Whether the keyboard's focus is in the page. */
  v.object({ type: v.literal('focused'), focused: v.boolean() }),
  /** Begins to listen for the input box, or ends it. */
  v.object({ type: v.literal('talk') }),
  /** A message of the host did not fit toViewSchema. */
  v.object({ type: v.literal('ignored'), reason: v.pipe(v.string(), v.maxLength(500)) }),
  v.object({ type: v.literal('openLink'), href: v.pipe(v.string(), v.regex(/^https?:\/\//), v.maxLength(2048)) }),
]);
export type FromView = v.InferOutput<typeof fromViewSchema>;
