/** What dictation knows of a language: its keywords, how its constants are spelled, names that everyone uses. */

export type Family = 'python' | 'script' | 'c' | 'go' | 'rust' | 'java' | 'shell' | 'json' | 'prose';

export interface Language {
  readonly family: Family;
  readonly keywords: ReadonlySet<string>;
  /** Spoken → written, for words that are spelled otherwise than they are said. */
  readonly spellings: ReadonlyMap<string, string>;
  /** Names of the language and its library that people say in several words, or that are not lower case. */
  readonly names: readonly string[];
}

const set = (text: string) => new Set(text.split(' '));
const language = (family: Family, keywords: string, spellings: Record<string, string> = {}, names = ''): Language => ({
  family,
  keywords: set(keywords),
  spellings: new Map(Object.entries(spellings)),
  names: names === '' ? [] : names.split(' '),
});

const cLike = 'if else for while do switch case default break continue return';

const families: Record<Family, Language> = {
  python: language(
    'python',
    'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case',
    { none: 'None', true: 'True', false: 'False', 'else if': 'elif', define: 'def', integer: 'int' },
    'staticmethod classmethod dataclass isinstance defaultdict enumerate ValueError TypeError KeyError RuntimeError FileNotFoundError NotImplementedError',
  ),
  script: language(
    'script',
    `${cLike} const let var function class extends implements interface type enum new import export from of in instanceof typeof void await async yield throw try catch finally delete static readonly public private protected get set as is keyof`,
    { constant: 'const', math: 'Math', json: 'JSON' },
    'addEventListener querySelector parseInt parseFloat setTimeout setInterval clearTimeout forEach indexOf startsWith endsWith toString useState useEffect stringify Error Promise Map Set Array Object Math Number JSON',
  ),
  c: language(
    'c',
    `${cLike} const static struct class enum union typedef template typename namespace using public private protected virtual override inline constexpr auto void int float double char bool long short unsigned signed sizeof new delete include define ifdef ifndef endif pragma noexcept`,
    { 'null pointer': 'nullptr', null: 'nullptr' },
    'size_t uint8_t uint32_t uint64_t int32_t int64_t static_cast push_back emplace_back unique_ptr shared_ptr make_unique string_view nullptr',
  ),
  go: language(
    'go',
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var',
    { function: 'func', null: 'nil', string: 'string', integer: 'int' },
    'Println Printf Sprintf Errorf',
  ),
  rust: language(
    'rust',
    'as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return static struct super trait type unsafe use where while',
    { none: 'None', some: 'Some', function: 'fn', public: 'pub', mutable: 'mut', string: 'String' },
    'Option Result String Vec Box HashMap HashSet usize unwrap_or unwrap_or_else to_string to_owned',
  ),
  java: language(
    'java',
    `${cLike} abstract boolean byte catch char class double enum extends final finally float implements import instanceof int interface long new package private protected public short static super synchronized this throw throws try var void`,
    { string: 'String', system: 'System', math: 'Math' },
    'String Integer List Map Set Optional ArrayList HashMap System toString equals hashCode IllegalArgumentException IllegalStateException',
  ),
  shell: language('shell', 'if then else elif fi for while do done case esac in function export local return'),
  json: language('json', 'true false null'),
  prose: language('prose', ''),
};

const familyOf: Record<string, Family> = {
  python: 'python',
  javascript: 'script',
  javascriptreact: 'script',
  typescript: 'script',
  typescriptreact: 'script',
  c: 'c',
  cpp: 'c',
  'cuda-cpp': 'c',
  'objective-c': 'c',
  csharp: 'java',
  java: 'java',
  kotlin: 'java',
  go: 'go',
  rust: 'rust',
  shellscript: 'shell',
  bat: 'shell',
  powershell: 'shell',
  dockerfile: 'shell',
  json: 'json',
  jsonc: 'json',
  markdown: 'prose',
  plaintext: 'prose',
  'git-commit': 'prose',
  scminput: 'prose',
  latex: 'prose',
  restructuredtext: 'prose',
};

/** A language that is not known is treated as a C-like script: what most others look like. */
export function languageOf(languageId: string): Language {
  return families[familyOf[languageId] ?? 'script'];
}
