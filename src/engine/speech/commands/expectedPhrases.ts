/** What a recognizer may expect to be said: the grammar's phrases, up to their first slot. */
import type { UserPhrase } from '../../../protocol';
import type { ExpectedPhrase } from '../recognizer';
import type { Sequence } from './pattern';
import { builtInRules, rulesWith } from './rules';

/** Of a rule with more variants the shorter ones. */
const mostVariants = 160;

let builtIn: readonly ExpectedPhrase[] | undefined;

/** @throws invalid_argument for phrases that cannot be used */
export function expectedPhrases(phrases?: readonly UserPhrase[]): readonly ExpectedPhrase[] {
  if (phrases?.length) return phrasesOf(rulesWith(phrases));
  return (builtIn ??= phrasesOf(builtInRules()));
}

function phrasesOf(rules: readonly { readonly sequences: readonly Sequence[] }[]): readonly ExpectedPhrase[] {
  const found = new Map<string, ExpectedPhrase>();
  for (const { sequences } of rules) {
    const shortest = [...sequences].sort((a, b) => a.elements.length - b.elements.length).slice(0, mostVariants);
    for (const phrase of shortest.map(upToSlot)) if (phrase) found.set(`${phrase.open}${phrase.text}`, phrase);
  }
  return [...found.values()];
}

/** null: it begins with any words. */
function upToSlot({ elements }: Sequence): ExpectedPhrase | null {
  const words: string[] = [];
  for (const element of elements) {
    if (typeof element === 'string') words.push(element);
    else {
      if (element.slot === 'line' || element.slot === 'lines') words.push('line');
      return words.length === 0 ? null : { text: words.join(' '), open: element.slot === 'symbol' ? 'name' : 'words' };
    }
  }
  return { text: words.join(' '), open: false };
}
