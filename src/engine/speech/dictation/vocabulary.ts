/** The names that a document biases dictation to: its identifiers, its paths in strings, and its language's well-known names. */
import { type Identifier, keyOf } from './identifiers';
import type { Language } from './languages';
import { similarity } from './similarity';

export interface Found {
  readonly text: string;
  /** Spoken words that it stands for. */
  readonly length: number;
}

const longestName = 6;
const shortestFuzzy = 5;

export class Vocabulary {
  readonly #byKey = new Map<string, string[]>();
  readonly #fuzzy: readonly { name: string; key: string }[];

  constructor(
    identifiers: readonly Identifier[],
    language: Language,
    readonly segments: ReadonlyMap<string, string> = new Map(),
  ) {
    const names = [
      ...[...identifiers].sort((a, b) => b.offsets.length - a.offsets.length).map(({ name }) => name),
      ...language.names,
    ];
    for (const name of names) {
      const key = keyOf(name);
      const same = this.#byKey.get(key) ?? [];
      if (!same.includes(name)) this.#byKey.set(key, [...same, name]);
    }
    this.#fuzzy = identifiers.filter(({ key }) => key.length >= shortestFuzzy);
  }

  has(name: string): boolean {
    return this.#byKey.get(keyOf(name))?.includes(name) ?? false;
  }

  /** As the file has it, where only capitals differ: "get username" for its `getUserName`. */
  asThere(name: string): string {
    const same = (this.#byKey.get(keyOf(name)) ?? []).filter(
      (known) => known.charAt(0) === name.charAt(0) && known.toLowerCase() === name.toLowerCase(),
    );
    const isWritten = same.length === 0 || same.includes(name) || !/[a-z][A-Z]/.test(same[0]!);
    return isWritten ? name : same[0]!;
  }

  /** The longest run of two or more words that together are a name. */
  several(words: readonly string[], from: number, type = false): Found | null {
    for (let length = Math.min(longestName, words.length - from); length > 1; length--) {
      const key = keyOf(words.slice(from, from + length).join(''));
      const names = key.length > 2 ? this.#byKey.get(key) : undefined;
      if (names) return { text: pick(names, type), length };
    }
    return null;
  }

  /** The name that this one word is, if its spelling differs; `loose` takes a capital first letter too. */
  single(word: string, loose: boolean): string | null {
    const names = this.#byKey.get(keyOf(word)) ?? [];
    if (names.includes(word)) return word;
    const cased = names.find((name) => /[a-z][A-Z]|_/.test(name) && !/^__/.test(name));
    return cased ?? (loose ? (names[0] ?? null) : null);
  }

  /** The path segment that these words are: import paths of the file. */
  segment(words: readonly string[], from: number): Found | null {
    for (let length = Math.min(longestName, words.length - from); length > 1; length--) {
      const text = this.segments.get(keyOf(words.slice(from, from + length).join('')));
      if (text !== undefined) return { text, length };
    }
    return null;
  }

  /** The identifier that one to three words sound like, by sound and by letters. */
  alike(words: readonly string[], from: number, most: number): (Found & { likeness: number }) | null {
    let best: (Found & { likeness: number }) | null = null;
    for (let length = 1; length <= Math.min(3, most); length++) {
      const heard = keyOf(words.slice(from, from + length).join(''));
      if (heard.length < shortestFuzzy) continue;
      if (this.#byKey.has(heard)) return best;
      const least = length === 1 ? 0.79 : 0.7;
      for (const { name, key } of this.#fuzzy) {
        if (Math.abs(key.length - heard.length) > 0.4 * key.length || isPlural(heard, key)) continue;
        const likeness = similarity(heard, key, least);
        if (likeness >= least && likeness > (best?.likeness ?? 0)) best = { text: name, length, likeness };
      }
    }
    return best;
  }
}

/** Many of something are not the one, however alike they sound. */
const isPlural = (heard: string, key: string): boolean => heard === `${key}s` || key === `${heard}s`;

/** Among names that differ in case only: a type's begins with a capital. The commonest comes first. */
function pick(names: readonly string[], type: boolean): string {
  const wanted = names.filter((name) => /^[A-Z][a-z]/.test(name) === type);
  return wanted[0] ?? names[0]!;
}

/** Segments of the paths in a document's strings, by key: './httpClient' → httpclient. */
export function pathSegments(text: string): Map<string, string> {
  const segments = new Map<string, string>();
  for (const [, path] of text.matchAll(/["'`]([\w@./-]*\/[\w@./-]+)["'`]/g)) {
    for (const segment of path!.split('/')) if (/[a-z]{3}/i.test(segment)) segments.set(keyOf(segment), segment);
  }
  return segments;
}
