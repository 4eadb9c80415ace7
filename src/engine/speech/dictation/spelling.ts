/** "spell alpha b cap c four": letters by name, by the NATO alphabet, digits, "cap" before a capital. */

const nato = new Map(
  'alpha:a alfa:a bravo:b charlie:c delta:d echo:e foxtrot:f golf:g hotel:h india:i juliet:j juliett:j kilo:k lima:l mike:m mic:m mick:m november:n oscar:o papa:p poppa:p pop:p quebec:q romeo:r sierra:s tango:t uniform:u victor:v whiskey:w whisky:w xray:x x-ray:x yankee:y zulu:z'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
/** Letters as recognisers write their names. */
const letterNames = new Map(
  'ay:a bee:b be:b cee:c see:c sea:c dee:d ef:f eff:f gee:g aitch:h eye:i jay:j kay:k el:l ell:l em:m en:n oh:o pee:p pea:p queue:q cue:q are:r ar:r ess:s tee:t tea:t you:u vee:v ex:x why:y wye:y zee:z zed:z double-u:w'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
const digits = 'zero one two three four five six seven eight nine'.split(' ');
const marks = new Map([
  ['dash', '-'],
  ['hyphen', '-'],
  ['underscore', '_'],
  ['dot', '.'],
  ['space', ' '],
]);

export interface Spelled {
  readonly text: string;
  /** Words that it takes. */
  readonly length: number;
}

/** What is spelled from `from` on, as long as it goes. */
export function spelledAt(words: readonly string[], from: number): Spelled {
  let text = '';
  let i = from;
  for (; i < words.length; i++) {
    const capital = /^(cap|capital|uppercase)$/.test(words[i]!);
    const letter = letterOf(words[capital ? i + 1 : i]);
    if (letter === undefined) break;
    text += capital ? letter.toUpperCase() : letter;
    if (capital) i++;
  }
  return { text, length: i - from };
}

function letterOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (/^[a-z0-9]$/.test(word) || /^\d+$/.test(word)) return word;
  const digit = digits.indexOf(word);
  return digit >= 0 ? String(digit) : (nato.get(word) ?? letterNames.get(word) ?? marks.get(word));
}
