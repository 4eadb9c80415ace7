/** What people call a file: its name with or without its endings, or with its folder. */
import { keyOf } from '../dictation/identifiers';

export interface FileKeys {
  readonly path: string;
  /** The name without its last ending first: what is said most. */
  readonly keys: readonly string[];
}

export function fileKeys(path: string): FileKeys {
  const parts = path.split(/[\\/]/);
  const name = parts.at(-1) ?? path;
  const stem = name.replace(/(.)\.[^.]+$/, '$1');
  const inFolder = parts.length > 1 ? [parts.at(-2)! + stem, parts.at(-2)! + name] : [];
  return { path, keys: [...new Set([stem, name, ...inFolder].map(keyOf))].filter((key) => key !== '') };
}

/** "http client dot t s" → httpclientts. */
export function spokenFileKey(words: readonly string[]): string {
  return keyOf(words.filter((word) => word !== 'dot' && word !== 'slash').join(''));
}
