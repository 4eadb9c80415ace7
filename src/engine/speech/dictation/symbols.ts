/** Spoken symbols: what is said, what is written, and what stands around it. */
import type { Family } from './languages';

/**
 * infix: space on both sides · open, close: brackets · block: a brace with space inside · comma: space after · tight: none at all ·
 * prefix: belongs to what follows · postfix: to what precedes · word: like a word · comment: the rest is prose · string: a quotation mark ·
 * line: ends a line · raw: written as it is
 */
export type Spacing =
  | 'infix'
  | 'open'
  | 'close'
  | 'blockOpen'
  | 'blockClose'
  | 'comma'
  | 'tight'
  | 'prefix'
  | 'postfix'
  | 'word'
  | 'comment'
  | 'string'
  | 'line'
  | 'raw';

export interface SpokenSymbol {
  readonly text: string;
  readonly spacing: Spacing;
  /** A word of everyday speech: alone it is no sign that code is meant. */
  readonly weak: boolean;
}

/** phrase: [text, spacing]; `|` separates ways to say it; `~` marks the weak ones. */
const common: Record<string, readonly [string, Spacing]> = {
  'open paren|open parenthesis|left paren|open round': ['(', 'open'],
  'close paren|close parenthesis|right paren|close round|closed paren|clothes paren': [')', 'close'],
  'open bracket|open square|left bracket|open square bracket': ['[', 'open'],
  'close bracket|close square|right bracket|closed bracket|close square bracket': [']', 'close'],
  'open brace|open curly|left brace|open curly brace': ['{', 'blockOpen'],
  'close brace|close curly|right brace|closed brace|close curly brace': ['}', 'blockClose'],
  'open angle|left angle': ['<', 'open'],
  'close angle|right angle': ['>', 'close'],
  'comma~': [',', 'comma'],
  'semicolon|semi colon': [';', 'comma'],
  'colon~': [':', 'comma'],
  'double colon|colon colon': ['::', 'tight'],
  'dot~|point~': ['.', 'tight'],
  'dot dot dot|ellipsis|spread': ['...', 'prefix'],
  'dot dot': ['..', 'tight'],
  'equals|equal sign': ['=', 'infix'],
  'double equals|equals equals|is equal to|double equal': ['==', 'infix'],
  'triple equals|triple equal': ['===', 'infix'],
  'not equals|not equal|is not equal to|not equal to|bang equals|does not equal': ['!=', 'infix'],
  'not triple equals|strictly not equals|not double equals': ['!==', 'infix'],
  'plus~': ['+', 'infix'],
  'minus~': ['-', 'infix'],
  'times|multiplied by': ['*', 'infix'],
  'star~|asterisk': ['*', 'infix'],
  'star star|double star|to the power of': ['**', 'infix'],
  'divided by': ['/', 'infix'],
  'slash~|forward slash': ['/', 'tight'],
  'slash slash|double slash': ['//', 'comment'],
  'backslash|back slash': ['\\', 'tight'],
  'modulo|mod': ['%', 'infix'],
  'percent~|percent sign': ['%', 'infix'],
  'plus equals': ['+=', 'infix'],
  'minus equals': ['-=', 'infix'],
  'times equals': ['*=', 'infix'],
  'divided by equals|divide equals|slash equals': ['/=', 'infix'],
  'plus plus|increment operator': ['++', 'postfix'],
  'minus minus': ['--', 'postfix'],
  'less than|is less than': ['<', 'infix'],
  'greater than|is greater than|more than': ['>', 'infix'],
  'less than or equal to|is less than or equal to|less than or equals|less or equal|less equals': ['<=', 'infix'],
  'greater than or equal to|is greater than or equal to|greater than or equals|greater or equal|greater equals': [
    '>=',
    'infix',
  ],
  'colon equals|walrus': [':=', 'infix'],
  'arrow~|thin arrow|skinny arrow|dash arrow': ['->', 'infix'],
  'fat arrow|double arrow|equals arrow': ['=>', 'infix'],
  'left arrow': ['<-', 'infix'],
  'and and|double ampersand|logical and': ['&&', 'infix'],
  'or or|double pipe|logical or': ['||', 'infix'],
  'pipe~': ['|', 'infix'],
  'ampersand|and sign': ['&', 'infix'],
  caret: ['^', 'infix'],
  tilde: ['~', 'prefix'],
  'bang|exclamation mark|exclamation point': ['!', 'prefix'],
  'question mark': ['?', 'infix'],
  'question mark dot|optional chain': ['?.', 'tight'],
  'double question mark|question question': ['??', 'infix'],
  'at sign': ['@', 'prefix'],
  'hash~|hashtag|pound sign|hash sign': ['#', 'prefix'],
  'dollar~|dollar sign': ['$', 'prefix'],
  underscore: ['_', 'tight'],
  'dash~|hyphen': ['-', 'infix'],
  'dash dash|double dash': ['--', 'prefix'],
  'shift left|left shift': ['<<', 'infix'],
  'shift right|right shift': ['>>', 'infix'],
  'quote~|double quote|open quote|begin quote': ['"', 'string'],
  'end quote|close quote|unquote|closed quote': ['', 'string'],
  'single quote|apostrophe|tick': ["'", 'string'],
  'backtick|back tick|grave': ['`', 'string'],
  'new line|newline|next line': ['\n', 'line'],
  'new paragraph': ['\n\n', 'line'],
  'tab~|tab key': ['\t', 'raw'],
  'space bar|spacebar': [' ', 'raw'],
};

const ofFamily: Partial<Record<Family, typeof common>> = {
  python: {
    'hash~|hashtag|pound sign|hash sign': ['#', 'comment'],
    'open brace|open curly|left brace': ['{', 'open'],
    'close brace|close curly|right brace': ['}', 'close'],
    'slash slash|double slash|integer divided by': ['//', 'infix'],
  },
  script: { 'arrow~': ['=>', 'infix'], 'not~': ['!', 'prefix'] },
  c: { 'arrow~': ['->', 'tight'], 'star~': ['*', 'postfix'], ampersand: ['&', 'postfix'], 'not~': ['!', 'prefix'] },
  go: {
    'star~': ['*', 'prefix'],
    ampersand: ['&', 'prefix'],
    'not~': ['!', 'prefix'],
    'dot dot dot': ['...', 'prefix'],
  },
  rust: {
    'star~': ['*', 'prefix'],
    ampersand: ['&', 'prefix'],
    'question mark': ['?', 'postfix'],
    'not~': ['!', 'prefix'],
    bang: ['!', 'postfix'],
  },
  java: { 'not~': ['!', 'prefix'] },
  shell: {
    equals: ['=', 'tight'],
    'open bracket': ['[', 'word'],
    'close bracket': [']', 'word'],
    'hash~': ['#', 'comment'],
    'dash~|minus~|hyphen': ['-', 'prefix'],
    'plus~': ['+', 'prefix'],
    'star~': ['*', 'prefix'],
    'dot slash': ['./', 'prefix'],
    'double equals|equals equals': ['==', 'infix'],
    'percent~': ['%', 'tight'],
    'colon~': [':', 'tight'],
    'at sign': ['@', 'tight'],
    'slash slash|double slash': ['//', 'tight'],
    'question mark': ['?', 'tight'],
  },
  prose: {},
};

export type SymbolTable = ReadonlyMap<string, SpokenSymbol>;

const tables = new Map<Family, SymbolTable>();

/** Phrase → symbol for a family; phrases have one to seven words. */
export function symbolsOf(family: Family): SymbolTable {
  let table = tables.get(family);
  if (!table) {
    table = new Map([...entriesOf(common), ...entriesOf(ofFamily[family] ?? {})]);
    tables.set(family, table);
  }
  return table;
}

function entriesOf(source: typeof common): (readonly [string, SpokenSymbol])[] {
  return Object.entries(source).flatMap(([phrases, [text, spacing]]) =>
    phrases.split('|').map((phrase) => {
      const weak = phrase.endsWith('~');
      return [weak ? phrase.slice(0, -1) : phrase, { text, spacing, weak }] as const;
    }),
  );
}

export const longestSymbol = 7;
