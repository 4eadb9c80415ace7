/** The identifiers of a document, found by a light tokenizer that knows strings and comments but no grammar. */

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
  /\b(?:class|interface|struct|enum|trait|type|namespace|module|def|fn|func|function|const|let|var|val|static|macro)\s+(?:\([^)]*\)\s*)?(?:mut\s+)?\*?$/;
const lineComments: Record<string, RegExp> = { python: /#.*/g, shellscript: /(^|\s)#.*/g, yaml: /#.*/g, ruby: /#.*/g };
const name = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Letters and digits in lower case. */
export function keyOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

export function identifiersOf(text: string, languageId: string): Identifier[] {
  const code = withoutLiterals(text, languageId);
  const found = new Map<string, { offsets: number[]; declaredAt: number | null }>();
  for (const match of code.matchAll(name)) {
    const entry = found.get(match[0]) ?? { offsets: [], declaredAt: null };
    entry.offsets.push(match.index);
    if (entry.declaredAt === null && isDeclared(code, match.index, match[0])) entry.declaredAt = match.index;
    found.set(match[0], entry);
  }
  return [...found].map(([name, entry]) => ({ name, key: keyOf(name), ...entry }));
}

/** Strings and comments as spaces, so that offsets stay. */
function withoutLiterals(text: string, languageId: string): string {
  const blank = (match: string) => match.replace(/[^\n]/g, ' ');
  const comments = lineComments[languageId] ?? /\/\/.*|\/\*[^]*?\*\//g;
  const strings = /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(strings, blank).replace(comments, blank);
}

/** A declaring word before it; or at a line's start, with parameters and a block after it (methods). */
function isDeclared(code: string, at: number, identifier: string): boolean {
  const lineStart = code.lastIndexOf('\n', at - 1) + 1;
  const before = code.slice(lineStart, at);
  if (declaring.test(before)) return true;
  const after = code.slice(at + identifier.length, code.indexOf('\n', at) < 0 ? undefined : code.indexOf('\n', at));
  const isMethod = /^\s*(?:<[^>]*>)?\([^;]*\)[^;=]*\{\s*$/.test(after);
  const modifiers = /^\s*(?:[\p{L}_][\p{L}\p{N}_<>[\],:&*]*\s+[*&]*)*$/u;
  if (isMethod)
    return modifiers.test(before) && !/\b(?:return|new|else|if|for|while|await|switch)\b/.test(before + identifier);
  // Fields and constants: `name = …` or `type name;` at the outermost or a class's level.
  return /^\s*=[^=>]/.test(after) && /^(?:[A-Za-z_]+\s+)*$/.test(before);
}
