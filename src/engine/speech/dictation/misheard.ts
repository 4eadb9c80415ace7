/** Words of code that recognisers take for everyday ones: put right where what stands beside them leaves no doubt. */
import { formatterPhrases } from './formatters';
import type { Family } from './languages';
import { similarity } from './similarity';

interface Misheard {
  readonly heard: readonly string[];
  readonly meant: readonly string[];
  readonly in: readonly Family[];
  readonly after: readonly string[];
  readonly before: readonly string[];
}

/** Each a list with spaces between; absent: any. '^' is the beginning. */
interface Beside {
  readonly in?: string;
  readonly after?: string;
  readonly before?: string;
}

const list = (text = ''): string[] => text.split(' ').filter((word) => word !== '');

/** `heard`: several with | between. */
const misheard = (heard: string, meant: string, beside: Beside = {}): Misheard[] =>
  heard.split('|').map((phrase) => ({
    heard: list(phrase),
    meant: list(meant),
    in: list(beside.in) as Family[],
    after: list(beside.after),
    before: list(beside.before),
  }));

const shellGit = 'status push pull commit stash add checkout switch diff log branch merge rebase clone fetch init';

const all: readonly Misheard[] = [
  ...misheard('funk', 'func', { in: 'go', after: '^' }),
  ...misheard('death|deaf', 'def', { in: 'python', after: '^ async' }),
  ...misheard('non|nun', 'none', { in: 'python rust' }),
  ...misheard('truce', 'true'),
  ...misheard('much|mud|mutt', 'mut', { in: 'rust', after: 'let' }),
  ...misheard('grip|grab', 'grep', { in: 'shell', before: 'dash' }),
  ...misheard('add', 'at', { in: 'python', after: '^', before: 'static property dataclass' }),
  ...misheard('arrow', 'error', { after: 'new' }),
  ...misheard('there|their', 'error', { in: 'go', after: 'paren' }),
  ...misheard('air|heir', 'err', { in: 'go', before: 'colon equals not knot' }),
  ...misheard("they're|there", 'err', { in: 'go', before: 'not knot' }),
  ...misheard('aircolon', 'err colon', { in: 'go' }),
  ...misheard('knot', 'not', { before: 'equals equal' }),
  ...misheard('our star|are star|or star', 'r star', { in: 'go' }),
  ...misheard('end end', 'and and'),
  ...misheard('and|then', 'n', { after: 'paren parent', before: 'close minus plus comma' }),
  ...misheard('and', 'n', { after: 'if while', before: 'is minus plus equals less greater' }),
  ...misheard('colin|kullen', 'colon', { after: 'paren parent bracket quote' }),
  ...misheard('input', 'import', { in: 'script', after: '^', before: 'open star' }),
  ...misheard('jits|jit|jet|gid|chit|shit', 'git', { in: 'shell', after: '^', before: shellGit }),
  ...misheard('semicolin|semi-colon|semicullen', 'semicolon'),
  ...misheard('doted', 'dot id'),
  ...misheard('spd', 'as pd', { in: 'python' }),
  ...misheard('snp', 'as np', { in: 'python' }),
  ...misheard('cabet|cabeb|quebec', 'kebab', { before: 'case' }),
  ...misheard('pop a', 'papa', { before: 'mike mic quebec' }),
];

/** `raw`: as it was recognised; what was misheard is replaced. */
export function withoutMishearings(raw: readonly string[], family: Family): string[] {
  const words = raw.map((word) => word.toLowerCase().replace(/[.,!?;:]+$/, ''));
  const right: string[] = [];
  for (let at = 0; at < words.length;) {
    const found = all.find((each) => isAt(each, words, at, family));
    right.push(
      ...(found?.meant ?? formatterAt(words, at) ?? difference(raw[at]!, family) ?? [withoutApostrophe(raw[at]!)]),
    );
    at += found?.heard.length ?? 1;
    if (isListed(raw, at)) right.push('comma');
  }
  return right;
}

function isAt({ heard, ...beside }: Misheard, words: readonly string[], at: number, family: Family): boolean {
  if (!heard.every((word, i) => words[at + i] === word)) return false;
  const allows = (among: readonly string[], word = '') => among.length === 0 || among.includes(word);
  const next = words[at + heard.length];
  return allows(beside.in, family) && allows(beside.after, words[at - 1] ?? '^') && allows(beside.before, next);
}

const beforeCase = formatterPhrases.filter(([[, second]]) => second === 'case').map(([[first]]) => first!);

/** "cabet case", "camil case": nothing else goes before "case" so. */
function formatterAt(words: readonly string[], at: number): readonly string[] | undefined {
  const word = words[at]!;
  if (words[at + 1] !== 'case' || beforeCase.includes(word)) return undefined;
  const name = beforeCase.find((each) => similarity(word, each) >= 0.6);
  return name === undefined ? undefined : [name];
}

/** "N-1" is how recognisers write "n minus one". */
function difference(word: string, family: Family): readonly string[] | undefined {
  const [, letter, number] = /^([a-z])-(\d+)[.,]?$/i.exec(word) ?? [];
  return letter === undefined || family === 'shell' ? undefined : [letter, 'minus', number!];
}

/** "user's" is how recognisers write "users" before a symbol's name. */
const withoutApostrophe = (word: string): string => word.replace(/^(\w{3,})['’]s$/, '$1s');

/** "1, 2, 3": a recogniser's comma between numerals was said. */
const isListed = (raw: readonly string[], at: number): boolean =>
  /^\d+,$/.test(raw[at - 1] ?? '') && /^\d+[.,]?$/.test(raw[at] ?? '');
