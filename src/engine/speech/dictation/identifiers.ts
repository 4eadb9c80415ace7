/** The identifiers of a document, found by a light tokenizer that knows strings and comments but no grammar. */

import { languageOf } from './languages';

export interface Identifier {
  readonly name: string;
  /** Its letters and digits in lower case: what is compared with spoken words. */
  readonly key: string;
  /** UTF-16 offsets of all uses. */
  readonly offsets: readonly number[];
  /** Where it is declared, as far as the words around it tell. */
  readonly declaredAt: number | null;
}

const declaring =
  /\b(?:class|interface|struct|enum|trait|type|namespace|module|def|fn|func|function|macro)\s+(?:\([^)]*\)\s*)?\*?$/;
/** In C they stand before a type as well, which something else than these follows. */
const declaringValue = /\b(?:const|let|var|val|static)\s+(?:mut\s+)?$/;
const afterValue = /^\s*(?:[=:;,)]|$)/;
const modifiers = /^\s*(?:[\p{L}_][\p{L}\p{N}_<>[\],:&*]*\s+[*&]*)*$/u;
const calling = /\b(?:return|new|else|if|for|while|await|switch)\b/;
const lineComments: Record<string, RegExp> = { python: /#.*/g, shellscript: /(^|\s)#.*/g, yaml: /#.*/g, ruby: /#.*/g };
const name = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Letters and digits in lower case. */
export function keyOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Beyond it a document is data, or made by a program. */
const longestText = 1_000_000;
const longestLine = 400;

export function identifiersOf(text: string, languageId: string): Identifier[] {
  const { keywords } = languageOf(languageId);
  const found = new Map<string, { offsets: number[]; declaredAt: number | null }>();
  let start = 0;
  for (const line of withoutLiterals(text.slice(0, longestText), languageId).split('\n')) {
    for (const match of line.matchAll(name)) {
      if (keywords.has(match[0])) continue;
      const entry = found.get(match[0]) ?? { offsets: [], declaredAt: null };
      const offset = start + match.index;
      entry.offsets.push(offset);
      if (entry.declaredAt === null && isDeclared(line, match.index, match[0])) entry.declaredAt = offset;
      found.set(match[0], entry);
    }
    start += line.length + 1;
  }
  return [...found].map(([name, entry]) => ({ name, key: keyOf(name), ...entry }));
}

/** Strings and comments as spaces, so that offsets stay. */
function withoutLiterals(text: string, languageId: string): string {
  const blank = (match: string) => match.replace(/[^\n]/g, ' ');
  const comments = lineComments[languageId] ?? /\/\/.*|\/\*[^]*?(?:\*\/|$)/g;
  const strings = /"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(strings, blank).replace(comments, blank);
}

/** A declaring word before it; or at a line's start, with parameters and a block after it (methods). */
function isDeclared(line: string, at: number, identifier: string): boolean {
  if (line.length > longestLine) return false;
  const [before, after] = [line.slice(0, at), line.slice(at + identifier.length)];
  if (declaring.test(before)) return true;
  if (declaringValue.test(before)) return afterValue.test(after);
  const isMethod = /^\s*(?:<[^>]*>)?\([^;]*\)[^;=]*\{\s*$/.test(after);
  if (isMethod) return modifiers.test(before) && !calling.test(before + identifier);
  // Fields and constants: `name = …` or `type name;` at the outermost or a class's level.
  return /^\s*=[^=>]/.test(after) && /^(?:[A-Za-z_]+\s+)*$/.test(before);
}
