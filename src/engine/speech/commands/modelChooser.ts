/**
 * A chat model as the chooser: it is shown the candidates by letter, and may draw one token, a letter of one of them or the one for none.
 * The token mask makes that the only thing it can say, so there is nothing to parse and nothing to go wrong but the choice.
 */
import type { SpokenCommand } from '../../../protocol';
import { roleMismatch } from '../../models/errors';
import type { LoadedModel } from '../../models/loadedModel';
import { budgetFor } from '../../text/budget';
import { chatPrompt } from '../../text/chatPrompt';
import type { Tokenizer } from '../../text/tokenizer';
import type { Chooser } from './interpret';

const letters = 'ABCDEFGH';
const none = 'N';

/** @throws model_role_mismatch */
export function modelChooser(model: LoadedModel): Chooser {
  const { id, role } = model.installed.manifest;
  if (role !== 'chat') throw roleMismatch(id, role, 'chat');
  return (utterance, candidates) =>
    model.queue.run(() => choose(model, utterance, candidates.slice(0, letters.length)));
}

async function choose(
  model: LoadedModel,
  utterance: string,
  candidates: readonly SpokenCommand[],
): Promise<SpokenCommand | null> {
  const { manifest } = model.installed;
  const messages = [{ role: 'user' as const, content: question(utterance, candidates) }];
  const { contextLength } = model;
  const { budget } = budgetFor(1, contextLength);
  const prompt = chatPrompt(model.encoder, await model.template(), manifest, messages, { budget, contextLength });
  const allowed = letterTokens(model.tokenizer, [...letters.slice(0, candidates.length), none]);
  // Not the chat's lane: its conversation stays in the KV cache.
  const lane = model.lane('completion');
  await lane.feed(prompt);
  const mask = maskOf([...allowed.keys()], manifest.vocabularySize);
  const { tokens } = await lane.decode({ maxTokens: 1, sampling: { temperature: 0 }, mask });
  const letter = allowed.get(tokens[0] ?? -1) ?? none;
  return candidates[letters.indexOf(letter)] ?? null;
}

function question(utterance: string, candidates: readonly SpokenCommand[]): string {
  const options = candidates.map(({ title }, i) => `${letters[i]}. ${title}`);
  return [
    'A user of a code editor said:',
    `"${utterance}"`,
    'Which command did the user mean?',
    ...options,
    `${none}. None of them`,
    'Answer with one letter.',
  ].join('\n');
}

/** Token → letter, for the spellings with and without a space before it. */
function letterTokens(tokenizer: Tokenizer, wanted: readonly string[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const letter of wanted) {
    for (const text of [letter, ` ${letter}`]) {
      const tokens = tokenizer.encode(text);
      const last = tokens.at(-1);
      if (last !== undefined && new TextDecoder().decode(tokenizer.bytes(last)).trim() === letter)
        found.set(last, letter);
    }
  }
  return found;
}

/** A bit a token, little-endian words. */
function maskOf(tokens: readonly number[], vocabularySize: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(vocabularySize / 32));
  for (const token of tokens) mask[token >>> 5]! |= 1 << (token & 31);
  return mask;
}
