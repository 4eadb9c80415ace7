/** Spoken numbers: "twenty three", "one thousand two hundred and five", "three point one four", "zero x f f", "four two". */

export interface SpokenNumber {
  /** As it is written in code. */
  readonly text: string;
  readonly value: number;
  /** Words that it takes. */
  readonly length: number;
}

const names = (start: number, text: string) => text.split(' ').map((name, i) => [name, start + i] as const);
const units = new Map([...names(0, 'zero one two three four five six seven eight nine'), ['oh', 0] as const]);
const teens = new Map(names(10, 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'));
const tens = new Map(
  names(2, 'twenty thirty forty fifty sixty seventy eighty ninety').map(([name, n]) => [name, n * 10] as const),
);
const scales = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
/** What "two" and "four" are often recognised as; only taken where a number must stand. */
const homophones = new Map([
  ['to', 'two'],
  ['too', 'two'],
  ['for', 'four'],
  ['fore', 'four'],
  ['won', 'one'],
  ['free', 'three'],
  ['tree', 'three'],
  ['ate', 'eight'],
  ['fourty', 'forty'],
]);

type Part = 'start' | 'unit' | 'teen' | 'tens' | 'hundred' | 'scale' | 'numeral';

/** The number that begins at `from`, as long as it goes; null where none does. */
export function spokenNumber(words: readonly string[], from: number, lenient = false): SpokenNumber | null {
  return hexadecimal(words, from) ?? decimal(words, from, lenient);
}

function hexadecimal(words: readonly string[], from: number): SpokenNumber | null {
  const prefix = words[from] === '0x' ? 1 : /^(zero|0|oh)$/.test(words[from] ?? '') && words[from + 1] === 'x' ? 2 : 0;
  if (!prefix) return null;
  let digits = '';
  let i = from + prefix;
  for (; i < words.length; i++) {
    const word = words[i]!;
    const unit = units.get(word);
    if (unit !== undefined) digits += unit;
    else if (/^[0-9a-f]+$/.test(word) && !/^(a|be|bed|dad|fed|add|face|fade|bad|deed|feed|cafe)$/.test(word))
      digits += word;
    else if (word === 'a') digits += 'a';
    else break;
  }
  if (digits === '') return null;
  return { text: `0x${digits}`, value: Number.parseInt(digits, 16), length: i - from };
}

function decimal(words: readonly string[], from: number, lenient: boolean): SpokenNumber | null {
  const whole = new WholeNumber();
  let i = from;
  for (; i < words.length; i++) {
    const word = lenient ? (homophones.get(words[i]!) ?? words[i]!) : words[i]!;
    const joins = word === 'and' && isNumberWord(words[i + 1]) && whole.takeAnd();
    if (!joins && !whole.take(word.replaceAll(',', ''))) break;
  }
  if (i === from) return null;
  const fraction = fractionAt(words, i);
  const text = whole.text + fraction.text;
  return { text, value: Number(text), length: i - from + fraction.length };
}

function isNumberWord(word: string | undefined): boolean {
  return word !== undefined && (units.has(word) || teens.has(word) || tens.has(word) || /^\d{1,2}$/.test(word));
}

/** "point one four": digit names one by one, or numerals. */
function fractionAt(words: readonly string[], at: number): { text: string; length: number } {
  if (words[at] !== 'point') return { text: '', length: 0 };
  let digits = '';
  let i = at + 1;
  for (; i < words.length; i++) {
    const word = words[i]!;
    const digit = units.get(word) ?? teens.get(word) ?? tens.get(word) ?? (/^\d+$/.test(word) ? word : undefined);
    if (digit === undefined) break;
    digits += digit;
  }
  return digits === '' ? { text: '', length: 0 } : { text: `.${digits}`, length: i - at };
}

/** Takes number words one at a time, as long as they go on. */
class WholeNumber {
  #total = 0;
  #group = 0;
  #last: Part = 'start';
  /** Digit by digit ("four two"), with leading zeros kept. */
  #digits: string | null = null;
  #and = false;

  get text(): string {
    return this.#digits ?? String(this.#total + this.#group);
  }

  /** "two hundred and five"; also as a recogniser writes it, "1,200 and 5". */
  takeAnd(): boolean {
    if (this.#last === 'numeral' && !this.#digits && this.#group > 0 && this.#group % 100 === 0) this.#last = 'hundred';
    this.#and = this.#last === 'hundred' || this.#last === 'scale';
    return this.#and;
  }

  take(word: string): boolean {
    const added = this.#and && /^\d{1,2}$/.test(word);
    this.#and = false;
    if (added) return this.#add(Number(word));
    if (/^\d+(\.\d+)?$/.test(word)) return this.#numeral(word);
    const scale = scales.get(word);
    if (scale !== undefined) return this.#scale(scale);
    if (word === 'hundred') return this.#hundred();
    const unit = units.get(word);
    if (unit !== undefined) return this.#unit(unit);
    const teen = teens.get(word);
    return teen === undefined ? this.#tens(tens.get(word)) : this.#pair(teen, 'teen');
  }

  #add(value: number): boolean {
    this.#group += value;
    this.#last = 'numeral';
    return true;
  }

  #numeral(word: string): boolean {
    if (this.#last !== 'start') return false;
    if (word.includes('.') || word.startsWith('0')) this.#digits = word;
    this.#group = Number(word);
    this.#last = 'numeral';
    return true;
  }

  #unit(unit: number): boolean {
    if (this.#last === 'numeral' || (this.#last === 'teen' && !this.#digits)) return false;
    if (this.#last === 'unit') {
      this.#digits = `${this.#digits ?? this.#group}${unit}`;
      return true;
    }
    this.#group += unit;
    this.#last = 'unit';
    return true;
  }

  #tens(value: number | undefined): boolean {
    return value !== undefined && this.#pair(value, 'tens');
  }

  /** "twenty" after nothing or a scale; after "one" or "nineteen" it means a century: 120, 1980. */
  #pair(value: number, part: Part): boolean {
    if (this.#digits || this.#last === 'numeral' || this.#last === 'tens') return false;
    if (this.#last === 'unit' || this.#last === 'teen') {
      if (this.#group === 0) return false;
      this.#group *= 100;
    }
    this.#group += value;
    this.#last = part;
    return true;
  }

  #hundred(): boolean {
    if (this.#digits || this.#last === 'hundred' || this.#last === 'scale') return false;
    this.#group = (this.#last === 'start' ? 1 : this.#group) * 100;
    this.#last = 'hundred';
    return true;
  }

  #scale(scale: number): boolean {
    if (this.#digits || this.#last === 'scale') return false;
    this.#total += (this.#last === 'start' ? 1 : this.#group) * scale;
    this.#group = 0;
    this.#last = 'scale';
    return true;
  }
}
