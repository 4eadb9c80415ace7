/** Dictated prose with a language model's punctuation, where it changed nothing else. Code is left as it was dictated. */
import type { InterpretSpeechParams, InterpretSpeechResult } from '../../../protocol';
import { acceptedCleanUp } from '../dictation/cleanUp';
import { languageOf } from '../dictation/languages';
import type { Cleaner } from '../dictation/modelCleaner';

const fewestWords = 4;
/** Beyond it a user would wait for punctuation. */
const longest = 600;

export async function cleanedUp(
  result: InterpretSpeechResult,
  params: InterpretSpeechParams,
  clean: Cleaner,
): Promise<InterpretSpeechResult> {
  const { outcome } = result;
  if (outcome.kind !== 'insert' || !isProse(params) || !isWorthIt(outcome.text)) return result;
  const [, before = '', words = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(outcome.text) ?? [];
  const cleaned = (await clean(words)).trim();
  // An answer of several lines is a conversation.
  const accepted = cleaned.includes('\n') ? words : acceptedCleanUp(words, cleaned);
  return { ...result, outcome: { ...outcome, text: before + accepted + after } };
}

function isProse({ focus = 'editor', document }: InterpretSpeechParams): boolean {
  if (focus === 'terminal') return false;
  return focus === 'chat' || !document || languageOf(document.languageId).family === 'prose';
}

/** Line breaks were dictated: a model would not keep them. */
function isWorthIt(text: string): boolean {
  const words = text.trim().split(/\s+/);
  return words.length >= fewestWords && text.length <= longest && !text.trim().includes('\n');
}
