/** What people call a file: its name with or without its endings, or with its folder. */
import { keyOf } from '../dictation/identifiers';

export interface FileKeys {
  readonly path: string;
  /** The name without its last ending first: what is said most. */
  readonly keys: readonly string[];
}

/** Of one file: its names, and those of a test. */
export const mostKeys = 8;

export function fileKeys(path: string): FileKeys {
  const parts = path.split(/[\\/]/);
  const name = parts.at(-1) ?? path;
  const stem = name.replace(/(.)\.[^.]+$/, '$1');
  const tested = stem.replace(/^test[_-]|[._-](?:test|spec)s?$/gi, '');
  const tests = tested === stem ? [] : ['test', 'tests', 'spec', 'specs'].map((word) => tested + word);
  const inFolder = parts.length > 1 ? [parts.at(-2)! + stem, parts.at(-2)! + name] : [];
  return { path, keys: [...new Set([stem, name, ...inFolder, ...tests].map(keyOf))].filter((key) => key !== '') };
}

/** "http client dot t s" → httpclientts; "tests for the router" → routertests. */
export function spokenFileKey(words: readonly string[]): string {
  const [kind, of, ...about] = words;
  if (/^(tests?|specs?)$/.test(kind ?? '') && /^(for|of)$/.test(of ?? '')) return spokenFileKey([...about, kind!]);
  return keyOf(words.filter((word) => !['dot', 'slash', 'the', 'of'].includes(word)).join(''));
}
