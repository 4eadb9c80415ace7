/** Recognised text as words to match: without annotations, fillers, politeness and punctuation. */

export interface Word {
  /** Lower case, without the punctuation around it. */
  readonly text: string;
  /** As it was recognised, without the punctuation around it. */
  readonly raw: string;
}

const annotations = /\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]/g;
const fillers = new Set(['um', 'uh', 'uhm', 'umm', 'er', 'erm', 'hmm', 'hm', 'mm', 'ah']);
const openings = [
  'can you',
  'could you',
  'would you',
  'will you',
  'i want to',
  'i want you to',
  "i'd like to",
  'i would like to',
  "let's",
  'lets',
  'okay',
  'ok',
  'hey',
  'please',
  'now',
  'and now',
  'then',
].map((phrase) => phrase.split(' '));
const endings = ['please', 'thanks', 'now', 'for me'].map((phrase) => phrase.split(' '));

/** Spellings that recognisers choose between; left becomes right. */
const compounds: readonly (readonly [readonly string[], readonly string[]])[] = Object.entries({
  goto: 'go to',
  'break point': 'breakpoint',
  'break points': 'breakpoints',
  'side bar': 'sidebar',
  'mini map': 'minimap',
  'check out': 'checkout',
  'white space': 'whitespace',
  'step in to': 'step into',
  'upper case': 'uppercase',
  'lower case': 'lowercase',
  'full screen': 'fullscreen',
  'un stage': 'unstage',
  'un comment': 'uncomment',
  'un fold': 'unfold',
  'un do': 'undo',
  'and do that': 'undo that',
  'and fold': 'unfold',
  'search forget': 'search for get',
  'gits dash': 'git stash',
  'jits dash': 'git stash',
  're do': 'redo',
  're name': 'rename',
  're run': 'rerun',
  're open': 'reopen',
  're load': 'reload',
  'short cut': 'shortcut',
  'short cuts': 'shortcuts',
  'out dent': 'outdent',
  'use ages': 'usages',
  // What is changed in all of a file is asked first, however its extent is said.
  'everywhere in this file': 'everywhere',
  'everywhere in the file': 'everywhere',
  'everywhere in the document': 'everywhere',
  'everywhere in here': 'everywhere',
  'everywhere else': 'everywhere',
  'everywhere it occurs': 'everywhere',
  'everywhere it appears': 'everywhere',
  'wherever it occurs': 'everywhere',
  'wherever it appears': 'everywhere',
  'throughout the file': 'everywhere',
  'throughout this file': 'everywhere',
  'throughout the whole file': 'everywhere',
  'throughout the entire file': 'everywhere',
  'throughout the document': 'everywhere',
  'in the whole file': 'everywhere',
  'in this whole file': 'everywhere',
  'in the entire file': 'everywhere',
  'in the whole document': 'everywhere',
  'across the file': 'everywhere',
  'across the whole file': 'everywhere',
  'all over the file': 'everywhere',
  'all over the place': 'everywhere',
  'all over': 'everywhere',
  globally: 'everywhere',
  'every single': 'every',
  'all of': 'all',
  'code base': 'codebase',
}).map(([from, to]) => [from.split(' '), to.split(' ')]);

/** The text without what recognisers write for sounds; empty where nothing else was heard. */
export function withoutAnnotations(said: string): string {
  return said.replace(annotations, ' ').replace(/\s+/g, ' ').trim();
}

export function wordsOf(said: string): Word[] {
  const words = withoutAnnotations(said)
    .replace(/(\d)\s*[-–]\s*(?=\d)/g, '$1 to ')
    .split(/\s+/)
    .map(bare)
    .filter(({ text }) => text !== '' && !fillers.has(text));
  return joinCompounds(withoutPoliteness(words));
}

function bare(token: string): Word {
  const raw = token.replace(/^["'“‘¿¡(]+|["'”’.,!?;:)…]+$/g, '');
  return { raw, text: raw.toLowerCase().replaceAll('’', "'") };
}

function withoutPoliteness(words: readonly Word[]): Word[] {
  let [from, to] = [0, words.length];
  const startsWith = (phrase: readonly string[], at: number) => phrase.every((word, i) => words[at + i]?.text === word);
  for (let found: readonly string[] | undefined; ; from += found.length) {
    found = openings.find((phrase) => from + phrase.length < to && startsWith(phrase, from));
    if (!found) break;
  }
  for (let found: readonly string[] | undefined; ; to -= found.length) {
    found = endings.find((phrase) => to - phrase.length > from && startsWith(phrase, to - phrase.length));
    if (!found) return words.slice(from, to);
  }
}

function joinCompounds(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  for (let i = 0; i < words.length;) {
    const found = compounds.find(([from]) => from.every((word, k) => words[i + k]?.text === word));
    if (!found) {
      joined.push(words[i++]!);
      continue;
    }
    const [from, to] = found;
    const raw = words.slice(i, i + from.length).map((word) => word.raw);
    joined.push(...to.map((text) => ({ text, raw: to.length > 1 ? text : raw.join(' ') })));
    i += from.length;
  }
  return joined;
}
