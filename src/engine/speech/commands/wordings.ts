/**
 * Other wordings of what was said, for when the grammar knows none of its words in that order: without words that change nothing, and with
 * the grammar's verb for the speaker's. What forbids or limits is never lost on the way: see `limited`.
 */
import type { Word } from './utterance';

export interface Wording {
  readonly words: readonly Word[];
  /** Words in its middle were left out: what a slot for any words would hear is no longer what was said. */
  readonly shortened: boolean;
  /** A word that limits was left out ("only", "in this file"): no dangerous command may be read from the rest. */
  readonly limited: boolean;
  /** The verb was exchanged, or a wish was taken for an order: in prose that is no command. */
  readonly reworded: boolean;
}

const phrases = (text: string) => text.split('|').map((phrase) => phrase.split(' '));

const openings = phrases(
  "i need to|i need you to|i wanna|i want|i'd like you to|i would like you to|i'd like|i'd love to|we need to|we should|let us|let me|go ahead and|you can|can we|could we|can i|could i|may i|would you mind|would you please|can you please|could you please|could you just|please go ahead and|i think|help me|help me to|try to|it's time to|time to|alright|all right|so|well|oh|hi|yes|yeah|yep|sure|great|good|perfect|actually|and|also|next please|quickly|maybe|just|only|simply|first|finally|okay so|be so kind and|kindly|would you kindly|feel free to|make sure to|do|let's|lets|okay|ok|hey|please|now|then|can you|could you|would you|i want to|i would like to|i'd like to|i want you to",
);
const endings = phrases(
  'if you can|if possible|if you would|if you could|would you|will you|can you|could you|thank you|thank you very much|thanks a lot|right now|right away|real quick|really quick|quickly|for a moment|for a second|for now|first|immediately|okay|ok|alright|again|once more|one more time|a bit|a bit more|a little|a little bit|a tad|too|as well|then|instead please|will ya|right here|over there|there|for us|on the screen|on screen|on my screen|in the editor',
);
const harmless = phrases(
  'very|whole|entire|again|a bit|a little bit|just|really|simply|please|quickly|right now|for me|current|currently|existing|kind of|sort of|all the way|right|over|actually|directly|straight|back again|back up|back down|own|of mine|active|particular|specific|complete|absolutely|completely|totally|exactly',
);
const limits = phrases('in this file|in the file|in this document|in here|only|here|in this one|of this file');

/** What is said → what the grammar says, at the start. One word alone may be a name, so those need `determiners` after them. */
const verbs = new Map(
  Object.entries({
    'get rid of': ['delete', 'hide', 'discard', 'clear'],
    'make a copy of': ['duplicate', 'copy'],
    'do a search for': ['search for'],
    'do a search': ['search'],
    'have me': ['go to'],
    'throw out': ['discard', 'delete'],
    'throw away': ['discard', 'delete'],
    'take out': ['delete'],
    'cut out': ['delete'],
    'blow away': ['delete', 'discard'],
    'wipe out': ['delete', 'clear'],
    'tidy up': ['format', 'organize'],
    'neaten up': ['format'],
    'pop down': ['hide'],
    'put away': ['hide', 'close'],
    'clean up': ['format', 'organize'],
    'pull up': ['open', 'show'],
    'bring up': ['open', 'show'],
    'pop up': ['open', 'show'],
    'pop open': ['open'],
    'open up': ['open'],
    'call up': ['open', 'show'],
    'load up': ['open'],
    'get me': ['open', 'show'],
    'give me': ['show', 'open', 'new'],
    'let me see': ['show', 'open'],
    'take a look at': ['open', 'show'],
    'have a look at': ['open', 'show'],
    'look at': ['open', 'show'],
    see: ['show', 'open'],
    'switch over to': ['switch to', 'open', 'go to'],
    'change over to': ['switch to', 'open', 'go to'],
    'change to': ['switch to', 'go to'],
    'switch back to': ['switch to', 'go to'],
    'go over to': ['go to'],
    'go back to': ['go to', 'switch to'],
    'go down to': ['go to'],
    'go up to': ['go to'],
    'move over to': ['go to'],
    'move down to': ['go to'],
    'move up to': ['go to'],
    'jump over to': ['go to'],
    'jump back to': ['go to'],
    'jump down to': ['go to'],
    'jump up to': ['go to'],
    'jump me to': ['go to'],
    'hop to': ['go to'],
    'hop over to': ['go to'],
    'skip to': ['go to'],
    'head to': ['go to'],
    'head over to': ['go to'],
    'get to': ['go to'],
    'get me to': ['go to'],
    'bring me to': ['go to'],
    'take me to': ['go to'],
    'take me over to': ['go to'],
    'take us to': ['go to'],
    'put me on': ['go to'],
    'put me at': ['go to'],
    'put the cursor on': ['go to'],
    'put the cursor at': ['go to'],
    'move the cursor to': ['go to'],
    'scroll to': ['go to'],
    'scroll down to': ['go to'],
    'scroll up to': ['go to'],
    'navigate to': ['go to'],
    'kick off': ['run', 'start'],
    'fire up': ['start', 'open'],
    'spin up': ['start', 'new'],
    'start up': ['start'],
    'shut down': ['stop', 'close'],
    'turn off': ['toggle', 'hide', 'stop'],
    'turn on': ['toggle', 'show', 'start'],
    'switch off': ['toggle', 'hide'],
    'switch on': ['toggle', 'show'],
    'roll up': ['fold'],
    'close up': ['fold'],
    'open out': ['unfold'],
    'put back': ['restore', 'redo'],
    'set up': ['new', 'create'],
    'go into': ['step into', 'go to'],
    'check in': ['commit'],
    'look around for': ['search for'],
    'see where': ['where'],
    'tell me where': ['where'],
    'find where': ['where'],
    'show me where': ['where'],
    'find out where': ['where'],
    get: ['open', 'show'],
    erase: ['delete'],
    drop: ['delete', 'discard'],
    nuke: ['delete', 'discard'],
    kill: ['delete'],
    wipe: ['clear', 'delete'],
    display: ['show'],
    view: ['show', 'open'],
    reveal: ['show'],
    launch: ['start', 'run', 'open'],
    execute: ['run'],
    halt: ['stop'],
    quit: ['stop', 'close'],
    grab: ['select'],
    pick: ['select'],
    choose: ['select'],
    make: ['new', 'create'],
    create: ['new'],
    add: ['new', 'insert'],
    insert: ['add', 'new'],
    put: ['add', 'set'],
    place: ['set', 'add'],
    dismiss: ['hide'],
    close: ['hide'],
    find: ['go to', 'show'],
    store: ['save'],
    download: ['pull'],
    upload: ['push'],
    shift: ['move'],
    push: ['move'],
    bump: ['move'],
    clone: ['duplicate'],
    minimize: ['hide'],
    rerun: ['run'],
    locate: ['go to'],
  }),
);
const nouns = new Map(
  Object.entries({
    preceding: 'previous',
    prior: 'previous',
    following: 'next',
    subsequent: 'next',
    method: 'function',
    row: 'line',
    rows: 'lines',
    compiler: 'build',
    bugs: 'errors',
    mistake: 'error',
    mistakes: 'errors',
    modifications: 'changes',
    edits: 'changes',
    tabs: 'editors',
    buffer: 'file',
    page: 'file',
    script: 'file',
    'command line': 'terminal',
    shell: 'terminal',
    console: 'terminal',
    'side panel': 'sidebar',
    'file tree': 'explorer',
    'file browser': 'explorer',
  }),
);
const determiners = new Set([
  'the',
  'this',
  'that',
  'my',
  'a',
  'an',
  'all',
  'these',
  'those',
  'it',
  'me',
  'another',
  'line',
  'lines',
]);

/** Whoever says one of these means something that no shortening may lose. */
const forbids =
  /\b(?:no|not|never|nothing|without|except|unless|but|instead|if|when|until|cannot|(?:do|does|should|would|ca|wo|is|must)n't|dont)\b/;

/** The nearest first; none of them is what was said. */
export function otherWordings(said: readonly Word[]): Wording[] {
  const plain = { words: said, shortened: false, limited: false, reworded: false };
  const order = ordered(plain);
  if (forbids.test(textOf(order.words))) return [];
  const bases = [plain, shorter(plain), order, shorter(order)];
  const all = [...bases, ...bases.slice(-2).flatMap((wording) => withOtherWords(wording))];
  const seen = new Set([textOf(said)]);
  return all.filter(({ words }) => {
    const text = textOf(words);
    return words.length > 0 && !seen.has(text) && seen.add(text);
  });
}

const textOf = (words: readonly Word[]) => words.map(({ text }) => text).join(' ');
const fits = (words: readonly Word[], at: number, phrase: readonly string[]) =>
  phrase.every((word, i) => words[at + i]?.text === word);

/** "go ahead and … right away" */
function ordered(wording: Wording): Wording {
  let words = wording.words;
  for (;;) {
    const [from, to] = [longestAt(openings, words, 0), longestAtEnd(endings, words)];
    if (from + to === 0 || from + to >= words.length) break;
    words = words.slice(from, words.length - to);
  }
  const limited = wording.words.slice(0, wording.words.length - words.length).some(({ text }) => text === 'only');
  return { ...wording, words, limited, reworded: words.length < wording.words.length };
}

function longestAt(among: readonly (readonly string[])[], words: readonly Word[], at: number): number {
  return Math.max(0, ...among.filter((phrase) => fits(words, at, phrase)).map(({ length }) => length));
}

function longestAtEnd(among: readonly (readonly string[])[], words: readonly Word[]): number {
  const ending = among.filter((phrase) => fits(words, words.length - phrase.length, phrase));
  return Math.max(0, ...ending.map(({ length }) => length));
}

function shorter(wording: Wording): Wording {
  const kept: Word[] = [];
  let limited = wording.limited;
  for (let i = 0; i < wording.words.length;) {
    const limit = longestAt(limits, wording.words, i);
    const length = limit || longestAt(harmless, wording.words, i);
    limited ||= limit > 0;
    if (length === 0) kept.push(wording.words[i]!);
    i += length || 1;
  }
  return { ...wording, words: kept, shortened: kept.length < wording.words.length, limited };
}

function withOtherWords(wording: Wording): Wording[] {
  const { words } = wording;
  const renamed = withNouns(words);
  const rewritten = [words, renamed].flatMap((variant) => withVerbs(variant));
  return [renamed, ...rewritten].map((variant) => ({ ...wording, words: variant, reworded: true }));
}

function withVerbs(words: readonly Word[]): Word[][] {
  const found: Word[][] = words.length > 2 ? apart(words) : [];
  for (const length of [4, 3, 2, 1]) {
    const replacements = verbs.get(textOf(words.slice(0, length)));
    if (!replacements || (length === 1 && !determiners.has(words[1]?.text ?? ''))) continue;
    found.push(...replacements.map((verb) => [...wordsFor(verb), ...words.slice(length)]));
  }
  return found;
}

/** "pull the terminal up", "turn the minimap off" */
function apart(words: readonly Word[]): Word[][] {
  const middle = words.slice(1, -1);
  const replacements = verbs.get(`${words[0]!.text} ${words.at(-1)!.text}`) ?? [];
  return replacements.map((verb) => [...wordsFor(verb), ...middle]);
}

const opening = /^(?:open|show|focus|go)$/;
const ofViews = /^(?:panel|view|pane|page)$/;

function withNouns(words: readonly Word[]): Word[] {
  const renamed: Word[] = [];
  for (let i = 0; i < words.length;) {
    const length = nouns.has(textOf(words.slice(i, i + 2))) ? 2 : 1;
    if (i > 1 && opening.test(words[0]!.text) && ofViews.test(words[i]!.text)) {
      i++;
      continue;
    }
    const noun = nouns.get(textOf(words.slice(i, i + length)));
    renamed.push(...(noun === undefined ? [words[i]!] : wordsFor(noun)));
    i += noun === undefined ? 1 : length;
  }
  return renamed;
}

const wordsFor = (text: string): Word[] => text.split(' ').map((word) => ({ text: word, raw: word }));
