/** Writes what was heard in a window. Source: transformers' generation_whisper.py `generate_with_fallback`. */
import type { Tokenizer } from '../../text/tokenizer';
import type { ExpectedPhrase, RecognitionOptions } from '../recognizer';
import { begunAt, otherReadings } from '../otherReadings';
import { type Attempt, attempt, attemptOf } from './attempt';
import { beamSearch } from './beamSearch';
import { type Drawn, likeliestOf, seededRandom } from '../draw';
import { guidedReadings, type PhraseTree, phraseTree } from './guidedReadings';
import { englishOnly, hearLanguage, languageCalled, type SpokenLanguage } from './language';
import { logSumExp } from '../logSumExp';
import { applyRules } from './logitRules';
import { type Reading, wordScore } from './reading';
import type { WhisperModel } from './whisperModel';

/** Tried in turn until an attempt can be trusted. */
const temperatures = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
/** As OpenAI and transformers set them; the ratio is of token ids. */
const thresholds = { compressionRatio: 1.35, avgLogProbability: -1, noSpeech: 0.6 } as const;
const seed = 1;
/** As OpenAI's command line and faster-whisper have it. */
const defaultBeam = 5;

export interface DecodedWindow {
  readonly best: Attempt;
  readonly noSpeech: number;
}

/** The decoder's side of one recognition; windows are decoded one by one, each after its `encode`. */
export class WindowDecoder {
  readonly #random = seededRandom(seed);
  #language: SpokenLanguage | undefined;
  #prompt: readonly number[] = [];
  #drawn = 0;

  /** @throws invalid_argument */
  constructor(
    private readonly whisper: WhisperModel,
    private readonly options: RecognitionOptions,
  ) {
    const { tokens } = whisper;
    const { language, translate } = options;
    if (language !== undefined) this.#language = languageCalled(language, tokens);
    else if (Object.keys(tokens.languages).length === 0) this.#language = { code: 'en', probability: 1 };
    if (translate && tokens.translate === null) throw englishOnly();
  }

  /** As the caller said, or as heard in the first window. */
  get language(): SpokenLanguage | undefined {
    return this.#language;
  }

  /** Drawn so far, in all attempts. */
  get tokens(): number {
    return this.#drawn;
  }

  /** `previous`: tokens of the text before. */
  async decode(previous: readonly number[]): Promise<DecodedWindow> {
    const { model, tokens } = this.whisper;
    await this.#settleLanguage();
    this.#prompt = this.#promptAfter(previous);
    const logits = await model.lanes.logitsAfter(this.#prompt);
    const noSpeech = Math.exp(logits[tokens.noSpeech]! - logSumExp(logits));
    this.#prompt = [...this.#prompt, ...this.#task()];
    let best: Attempt | undefined;
    for (const temperature of this.#temperatures) {
      best = temperature === 0 ? await this.#search() : await this.#attempt(temperature);
      if (best.cancelled || isSilent(best, noSpeech) || isTrusted(best)) break;
    }
    return { best: best!, noSpeech };
  }

  /**
   * Other token sequences for the window that was decoded last, in stages, those that help most first: written in the manner that is
   * asked for; expected phrases that the sound supports; at most `most` that close rivals lead to, of each. Whoever has enough stops.
   */
  async *otherReadings(best: Attempt): AsyncGenerator<readonly Reading[], void, void> {
    const { alternatives: most = 0, expected = [], manner } = this.options;
    const [plain, mannered] = [this.#prompt, manner ? this.#inManner(manner) : undefined];
    const written = mannered && (await this.#promptedWith(mannered, () => this.#attempt(0)));
    if (written && !written.cancelled) yield [this.#asReading(written)];
    if (expected.length > 0) yield await this.#promptedWith(plain, () => this.#guided(best));
    if (most === 0) return;
    yield await this.#promptedWith(plain, () => this.#rivalsOf(best, most));
    if (written) yield await this.#promptedWith(mannered, () => this.#rivalsOf(written, most));
  }

  #promptedWith<T>(prompt: readonly number[], work: () => Promise<T>): Promise<T> {
    this.#prompt = prompt;
    return work();
  }

  /** As if `manner` had been said before; undefined where another language is spoken. */
  #inManner(manner: string): readonly number[] | undefined {
    if (this.#language?.code !== 'en') return undefined;
    return [...this.#promptAfter(this.whisper.tokenizer.encode(` ${manner}`)), ...this.#task()];
  }

  #guided(best: Attempt): Promise<readonly Reading[]> {
    const { expected = [], names = [] } = this.options;
    const { tokenizer, tokens } = this.whisper;
    const model = {
      endOfText: tokens.endOfText,
      article: tokenizer.encode(' the')[0]!,
      fullStop: tokenizer.encode('.')[0]!,
      textOf: (drawn: readonly number[]) => this.#textOf(drawn),
      logitsAfter: (drawn: readonly number[]) => this.#logitsAfter(drawn),
      goOn: (begun: readonly Drawn[]) => this.#attempt(0, begun),
    };
    const closed = names.map((text) => ({ text, open: false }) as const);
    return guidedReadings(best, { phrases: treeOf(expected, tokenizer), names: phraseTree(closed, tokenizer) }, model);
  }

  async #rivalsOf(best: Attempt, most: number): Promise<readonly Reading[]> {
    const others = await otherReadings(best, most, {
      textOf: ({ tokens: drawn }: Attempt) => this.#textOf(drawn),
      branch: (from: Attempt, at: number) => this.#attempt(0, begunAt(from, at)),
    });
    return others.map((other) => this.#asReading(other));
  }

  #asReading(attempt: Attempt): Reading {
    return { tokens: attempt.tokens, score: wordScore(attempt, this.whisper.tokens.endOfText) };
  }

  #promptAfter(previous: readonly number[]): readonly number[] {
    const { tokens, contextLength } = this.whisper;
    const half = Math.floor(contextLength / 2) - 1;
    const before = previous.length > 0 ? [tokens.startOfPrevious, ...previous.slice(-half)] : [];
    return [...before, tokens.startOfTranscript];
  }

  async #logitsAfter(drawn: readonly number[]): Promise<Float32Array> {
    this.#drawn++;
    return this.whisper.model.lanes.logitsAfter([...this.#prompt, ...drawn]);
  }

  #attempt(temperature: number, begun: readonly Drawn[] = []): Promise<Attempt> {
    const options = { temperature, random: this.#random, room: this.#room, signal: this.options.signal, begun };
    return attempt((drawn) => this.#logitsAfter(drawn), this.whisper.tokens, options);
  }

  /** For the likeliest text. */
  async #search(): Promise<Attempt> {
    const { beam: width = defaultBeam, signal } = this.options;
    if (width === 1) return this.#attempt(0);
    const { model, tokens } = this.whisper;
    const { endOfText } = tokens;
    const continuations = (sequences: readonly (readonly number[])[], most: number) => {
      this.#drawn += sequences.length;
      const whole = sequences.map((drawn) => [...this.#prompt, ...drawn]);
      return model.lanes.readEach(whole, (logits, index) => {
        applyRules(logits, sequences[index]!, tokens);
        return likeliestOf(logits, most);
      });
    };
    const best = await beamSearch({ endOfText, continuations }, { width, room: this.#room, signal });
    return attemptOf(best, { temperature: 0, endOfText, cancelled: signal?.aborted ?? false });
  }

  /** Most tokens behind the prompt. */
  get #room(): number {
    return this.whisper.contextLength - this.#prompt.length;
  }

  /** Hears the language after the start of transcript alone, once. */
  async #settleLanguage(): Promise<void> {
    const { model, tokens } = this.whisper;
    if (this.#language) return;
    this.#language = hearLanguage(await model.lanes.logitsAfter([tokens.startOfTranscript]), tokens);
  }

  get #temperatures(): readonly number[] {
    const { temperature } = this.options;
    return temperature === undefined ? temperatures : [temperature];
  }

  #task(): number[] {
    const { languages, transcribe, translate } = this.whisper.tokens;
    const task = this.options.translate ? translate : transcribe;
    return task === null ? [] : [languages[this.#language!.code]!, task];
  }

  #textOf(drawn: readonly number[]): string {
    const { tokenizer, tokens } = this.whisper;
    return Buffer.concat(
      drawn.filter((token) => token < tokens.endOfText).map((token) => tokenizer.bytes(token)),
    ).toString();
  }
}

/** Trees of the grammar's thousand phrases, for as long as the list is in use. */
const treesOf = new WeakMap<readonly ExpectedPhrase[], PhraseTree>();

function treeOf(expected: readonly ExpectedPhrase[], tokenizer: Tokenizer): PhraseTree {
  let tree = treesOf.get(expected);
  if (!tree) treesOf.set(expected, (tree = phraseTree(expected, tokenizer)));
  return tree;
}

const isTrusted = ({ compressionRatio, avgLogProbability }: Attempt): boolean =>
  compressionRatio <= thresholds.compressionRatio && avgLogProbability >= thresholds.avgLogProbability;

export const isSilent = ({ avgLogProbability }: Attempt, noSpeech: number): boolean =>
  noSpeech > thresholds.noSpeech && avgLogProbability < thresholds.avgLogProbability;
