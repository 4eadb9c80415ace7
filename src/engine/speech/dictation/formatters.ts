/** Formatters, as Talon's community names them: "camel case get user name" → getUserName. */

/** Python's own names that recognisers hear as several words: "in it". */
const dunders = new Set(['init', 'setitem', 'getitem', 'delitem', 'getattr', 'setattr', 'eq', 'repr', 'iadd']);

export const styles = {
  camel: (words: readonly string[]) => words.map((word, i) => (i === 0 ? word : capital(word))).join(''),
  pascal: (words: readonly string[]) => words.map(capital).join(''),
  snake: (words: readonly string[]) => words.join('_'),
  kebab: (words: readonly string[]) => words.join('-'),
  constant: (words: readonly string[]) => words.join('_').toUpperCase(),
  dunder: (words: readonly string[]) => `__${dunders.has(words.join('')) ? words.join('') : words.join('_')}__`,
  smash: (words: readonly string[]) => words.join(''),
  dotted: (words: readonly string[]) => words.join('.'),
  allCaps: (words: readonly string[]) => words.join(' ').toUpperCase(),
  title: (words: readonly string[]) => words.map(capital).join(' '),
} as const;
export type Style = keyof typeof styles;

/** What is said → its style; longest first. */
export const formatterPhrases: readonly (readonly [readonly string[], Style])[] = (
  [
    ['upper camel case', 'pascal'],
    ['lower camel case', 'camel'],
    ['camel case', 'camel'],
    ['camel', 'camel'],
    ['camelcase', 'camel'],
    ['pascal case', 'pascal'],
    ['pascal', 'pascal'],
    ['hammer', 'pascal'],
    ['snake case', 'snake'],
    ['snake', 'snake'],
    ['kebab case', 'kebab'],
    ['kebab', 'kebab'],
    ['dash case', 'kebab'],
    ['constant case', 'constant'],
    ['constant', 'constant'],
    ['screaming snake case', 'constant'],
    ['screaming snake', 'constant'],
    ['screaming case', 'constant'],
    ['upper snake case', 'constant'],
    ['upper snake', 'constant'],
    ['all caps snake case', 'constant'],
    ['dunder', 'dunder'],
    ['smash case', 'smash'],
    ['smash', 'smash'],
    ['dotted', 'dotted'],
    ['all caps', 'allCaps'],
    ['all cap', 'allCaps'],
    ['title case', 'title'],
  ] as const
).map(([phrase, style]) => [phrase.split(' '), style] as const);

export function formatted(words: readonly string[], style: Style): string {
  return styles[style](
    words.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word !== ''),
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** How names of functions and variables are written in a language. */
export function styleOfLanguage(languageId: string | undefined): Style {
  return ['python', 'rust', 'shellscript', 'ruby', 'c'].includes(languageId ?? '') ? 'snake' : 'camel';
}

/** The style that a name is written in; one word tells little, so the language decides. */
export function styleOf(name: string, languageId: string | undefined): Style {
  if (/^[A-Z][A-Z0-9_]*_[A-Z0-9_]*$/.test(name)) return 'constant';
  if (/^[A-Z]/.test(name)) return 'pascal';
  if (name.includes('_')) return 'snake';
  return /[A-Z]/.test(name) ? 'camel' : styleOfLanguage(languageId);
}
