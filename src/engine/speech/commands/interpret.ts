/**
 * What an utterance means: the grammar first, then the palette's titles, then (where one is resident) a language model among the
 * candidates. Nothing is executed here, and what is dangerous is never answered with `run`.
 */
import type { SpeechMode, SpokenCommand, SpokenOutcome } from '../../../protocol';
import { dictate, type Dictated } from '../dictation/dictate';
import { languageOf } from '../dictation/languages';
import { beforeCursor, type SpeechContext } from './context';
import { isDangerous } from './danger';
import { type GrammarMatch, type GrammarResult, matchGrammar } from './grammarMatch';
import { directed, forbidden, isDismissal, isNegated, withoutTakeBack } from './mode';
import { matchPalette, type PaletteMatch } from './palette';
import { asRun, insertion, none } from './outcomes';
import type { CompiledRule } from './rule';
import { type Word, withoutAnnotations, wordsOf } from './utterance';
import { otherWordings, type Wording } from './wordings';

/** Chooses among candidates, or none: what a language model is asked. It never sees more than these, and may only name one of them. */
export type Chooser = (utterance: string, candidates: readonly SpokenCommand[]) => Promise<SpokenCommand | null>;

export interface InterpretOptions {
  readonly rules: readonly CompiledRule[];
  readonly mode?: SpeechMode;
  readonly chooser?: Chooser | undefined;
}

/** From this palette score on a title was said; below, it was perhaps meant; below the last, it was not. */
const palette = { said: 0.9, meant: 0.72, near: 0.58 };
const tie = 0.015;
/** Nobody searches for text with so many signs of code in it by voice. */
const codeWithin = 3;

export async function interpret(
  utterance: string,
  context: SpeechContext,
  options: InterpretOptions,
): Promise<SpokenOutcome> {
  if (utterance.trim() === '') return none('empty', 'Nothing was recognised.');
  const heard = withoutAnnotations(utterance);
  const { mode, literal, said } = directed(heard, options.mode ?? 'auto', typeIsKeyword(context));
  if (literal) return { kind: 'insert', text: spaced(said, context), confidence: 1 };
  const words = wordsOf(said);
  if (words.length === 0) return none('noise', 'Only fillers or noise were recognised.');
  const dictated = mode === 'command' ? null : dictateHere(said, context);
  if (mode === 'dictation') return insertion(dictated!, context);
  return new Interpretation(said, words, context, dictated, options).outcome();
}

function typeIsKeyword({ focus, document }: SpeechContext): boolean {
  return focus === 'editor' && document !== undefined && languageOf(document.languageId).keywords.has('type');
}

/** As it was said, with a space where a word precedes. */
function spaced(said: string, { document, focus }: SpeechContext): string {
  return focus === 'editor' && /\w$/.test(beforeCursor(document)) ? ` ${said}` : said;
}

function dictateHere(said: string, context: SpeechContext): Dictated {
  const { document, focus, identifiers } = context;
  if (focus === 'terminal') return dictate(said, { languageId: 'shellscript' });
  if (focus === 'chat' || !document) return dictate(said, { languageId: 'plaintext' });
  return dictate(said, {
    languageId: document.languageId,
    before: beforeCursor(document),
    identifiers,
    text: document.text,
  });
}

/** One utterance that may be a command. */
class Interpretation {
  readonly #text: string;

  constructor(
    readonly said: string,
    readonly words: readonly Word[],
    readonly context: SpeechContext,
    readonly dictated: Dictated | null,
    readonly options: InterpretOptions,
  ) {
    this.#text = words.map(({ text }) => text).join(' ');
  }

  async outcome(): Promise<SpokenOutcome> {
    if (isDismissal(this.#text) || this.#isTakenBack()) return none('dismissed', 'It was taken back.');
    const grammar = this.#grammar(this.words);
    const { matches } = grammar.matches.length > 0 ? grammar : this.#turned();
    if (matches[0]) return this.#matched(matches[0], matches);
    if (this.#isNegated()) return none('negated', 'It says what not to do.');
    const [reworded, ...others] = this.#reworded();
    if (reworded) return this.#matched(reworded, [reworded, ...others]);
    if (this.dictated?.takenBack) return this.#rest();
    if (grammar.failure?.reason === 'line_out_of_range') return none(grammar.failure.reason, grammar.failure.detail);
    return this.#withoutGrammar(grammar);
  }

  #grammar(words: readonly Word[]): GrammarResult {
    const all = matchGrammar(words, this.context, this.options.rules);
    const result = this.#isSpokenCode ? { ...all, matches: all.matches.filter((match) => !isSearch(match)) } : all;
    // In the chat box "find the bug in this" is a message. Who means a command says so.
    if (this.context.focus !== 'chat' || !this.dictated) return result;
    return { ...result, matches: result.matches.filter(({ freeText }) => !freeText) };
  }

  /** "Find Camille parse body open paren our star …" is "func camel parse body open paren …". */
  get #isSpokenCode(): boolean {
    return !this.#isProse && (this.dictated?.signs ?? 0) >= codeWithin;
  }

  /** "problem next", "whitespace trim": two words in the order that Talon's users are used to. Never a way to something dangerous. */
  #turned(): Pick<GrammarResult, 'matches'> {
    const [first, second] = this.words;
    const isShort = first !== undefined && second !== undefined && this.words.length === 2;
    if (!isShort || (this.dictated && (this.#isProse || isCode(this.dictated)))) return { matches: [] };
    const { matches } = this.#grammar([second, first]);
    return { matches: matches.filter(({ freeText, command }) => !freeText && !command.dangerous && !command.target) };
  }

  #matched(best: GrammarMatch, all: readonly GrammarMatch[]): SpokenOutcome {
    const equal = all.filter(({ rule, rank }) => rule === best.rule && rank < best.rank + tie);
    if (equal.length > 1) return { kind: 'didYouMean', commands: equal.map(({ command }) => command) };
    return asRun(best.command);
  }

  /** What strangers say for it. A message in the chat box is left alone; in other prose only words that change nothing are left out. */
  #reworded(): readonly GrammarMatch[] {
    const { focus } = this.context;
    if (focus === 'chat' && this.dictated) return [];
    const isProse = focus === 'editor' && this.dictated !== null && this.#isProse;
    for (const wording of otherWordings(this.words)) {
      if (isProse && wording.reworded) continue;
      const { matches } = this.#grammar(wording.words);
      const meant = matches.filter((match) => mayMean(wording, match) && !(isProse && isRisky(match)));
      if (meant.length > 0) return meant;
    }
    return [];
  }

  /** "go to line ten, no wait, never mind": in text only where the rest is a command. */
  #isTakenBack(): boolean {
    const rest = withoutTakeBack(this.said);
    if (rest === null) return false;
    if (this.dictated && !this.#isProse && !/["'`#]|\/\//.test(this.dictated.text)) return true;
    return this.#isCommand(wordsOf(rest));
  }

  #isCommand(words: readonly Word[]): boolean {
    return this.#grammar(words).matches.some(({ freeText }) => !freeText);
  }

  /** "don't push": in prose only where the rest is a command. */
  #isNegated(): boolean {
    const rest = forbidden(this.#text);
    if (rest !== null && this.#isCommand(wordsOf(rest.replace(/ (?:yet|anything|at all|ever)$/, '')))) return true;
    if (!isNegated(this.#text)) return false;
    if (!this.dictated || !this.#isProse) return true;
    return this.#grammar(this.words.slice(this.#text.startsWith('do not') ? 2 : 1)).matches.length > 0;
  }

  get #isProse(): boolean {
    const { focus, document } = this.context;
    return focus !== 'editor' || !document || languageOf(document.languageId).family === 'prose';
  }

  /** Something was said and taken back; what came after counts. */
  #rest(): SpokenOutcome {
    return this.dictated!.text === ''
      ? none('dismissed', 'It was taken back.')
      : insertion(this.dictated!, this.context);
  }

  async #withoutGrammar({ failure }: GrammarResult): Promise<SpokenOutcome> {
    const titles = matchPalette(
      this.words.map(({ text }) => text),
      this.context.palette,
    );
    const [best, second] = titles;
    if (best && best.score >= palette.said && best.score > (second?.score ?? 0) + 0.02) return this.#fromPalette(best);
    if (this.dictated && (this.#isProse || isCode(this.dictated))) return insertion(this.dictated, this.context);
    if (failure && failure.literals > 1) return none(failure.reason, failure.detail);
    return this.#nearTitles(titles);
  }

  async #nearTitles(titles: readonly PaletteMatch[]): Promise<SpokenOutcome> {
    const near = titles.filter(({ score }) => score >= palette.near);
    const [best] = near;
    if (!best) return none('no_match', `No command fits “${this.said.trim()}”.`);
    if (near.length === 1 && best.score >= palette.meant) return this.#fromPalette(best);
    return { kind: 'didYouMean', commands: await this.#inChosenOrder(near.map((match) => this.#command(match))) };
  }

  /** A model is asked only where there is something to choose from; what it chooses comes first, and the user still decides. */
  async #inChosenOrder(commands: readonly SpokenCommand[]): Promise<readonly SpokenCommand[]> {
    const { chooser } = this.options;
    const chosen = chooser && commands.length > 1 ? await chooser(this.said, commands) : null;
    if (!chosen) return commands;
    return [{ ...chosen, source: 'model' }, ...commands.filter(({ command }) => command !== chosen.command)];
  }

  #command({ entry, score }: PaletteMatch): SpokenCommand {
    return {
      command: entry.id,
      title: entry.category ? `${entry.category}: ${entry.title}` : entry.title,
      confidence: Math.round(score * 1000) / 1000,
      dangerous: isDangerous(entry, this.options.rules),
      source: 'palette',
    };
  }

  #fromPalette(match: PaletteMatch): SpokenOutcome {
    const command = this.#command(match);
    if (match.score >= palette.said) return asRun(command);
    return { kind: 'confirm', why: command.dangerous ? 'dangerous' : 'uncertain', command };
  }
}

/** Where words were left out, no slot for any words is filled from the rest; where one that limits was, nothing dangerous is read. */
function mayMean({ shortened, limited }: Wording, { freeText, command }: GrammarMatch): boolean {
  return !(shortened && freeText) && !(limited && command.dangerous);
}

const isSearch = ({ command }: GrammarMatch): boolean => /\.find(?:WithArgs|InFiles)$/.test(command.command);

const isRisky = ({ freeText, command }: GrammarMatch): boolean => freeText || command.dangerous;

function isCode({ signs }: Dictated): boolean {
  return signs >= 1;
}
