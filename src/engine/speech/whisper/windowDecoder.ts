/** Writes what was heard in a window. Source: transformers' generation_whisper.py `generate_with_fallback`. */
import type { Tokenizer } from '../../text/tokenizer';
import type { ExpectedPhrase, RecognitionOptions } from '../recognizer';
import { begunAt, otherReadings } from '../otherReadings';
import { type Attempt, attempt } from './attempt';
import { type Drawn, seededRandom } from './draw';
import { guidedReadings, type PhraseTree, phraseTree } from './guidedReadings';
import { englishOnly, hearLanguage, languageCalled, type SpokenLanguage } from './language';
import { logSumExp } from './logitRules';
import { type Reading, wordScore } from './reading';
import type { WhisperModel } from './whisperModel';

/** Tried in turn until an attempt can be trusted. */
const temperatures = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
/** As OpenAI and transformers set them; the ratio is of token ids. */
const thresholds = { compressionRatio: 1.35, avgLogProbability: -1, noSpeech: 0.6 } as const;
const seed = 1;

export interface DecodedWindow {
  readonly best: Attempt;
  readonly noSpeech: number;
}

/** The decoder's side of one recognition; windows are decoded one by one, each after its `encode`. */
export class WindowDecoder {
  readonly #random = seededRandom(seed);
  #language: SpokenLanguage | undefined;
  #prompt: number[] = [];
  #drawn = 0;
  /** What is known to be in the session's cache. */
  #cached: readonly number[] = [];

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
    const { session } = model;
    await this.#settleLanguage();
    this.#prompt = this.#promptAfter(previous);
    await session.prefill(this.#prompt.slice(session.position));
    const logits = session.logits();
    const noSpeech = Math.exp(logits[tokens.noSpeech]! - logSumExp(logits));
    this.#prompt.push(...this.#task());
    let best: Attempt | undefined;
    for (const temperature of this.#temperatures) {
      best = await this.#attempt(temperature);
      if (best.cancelled || isSilent(best, noSpeech) || isTrusted(best)) break;
    }
    return { best: best!, noSpeech };
  }

  /**
   * Other token sequences for the window that was decoded last, likelier ones first: at most `most` that close rivals lead to, and
   * expected phrases that the sound supports.
   */
  async otherReadings(best: Attempt): Promise<readonly (readonly number[])[]> {
    const { alternatives: most = 0, expected = [], names = [], manner } = this.options;
    const { tokenizer, tokens } = this.whisper;
    const model = {
      endOfText: tokens.endOfText,
      article: tokenizer.encode(' the')[0]!,
      fullStop: tokenizer.encode('.')[0]!,
      textOf: (drawn: readonly number[]) => this.#textOf(drawn),
      logitsAfter: (drawn: readonly number[]) => this.#logitsAfter(drawn),
      goOn: (begun: readonly Drawn[]) => this.#attempt(0, begun),
    };
    const trees = {
      phrases: treeOf(expected, tokenizer),
      names: phraseTree(
        names.map((text) => ({ text, open: false })),
        tokenizer,
      ),
    };
    const guided = expected.length > 0 ? await guidedReadings(best, trees, model) : [];
    const others = await this.#rivalsOf(best, most);
    const mannered = manner && this.#language?.code === 'en' ? await this.#inManner(manner, most) : [];
    return [...guided, ...others, ...mannered].sort((a, b) => b.score - a.score).map((reading) => reading.tokens);
  }

  async #rivalsOf(best: Attempt, most: number): Promise<readonly Reading[]> {
    const others = await otherReadings(best, most, {
      textOf: ({ tokens: drawn }: Attempt) => this.#textOf(drawn),
      branch: (from: Attempt, at: number) => this.#attempt(0, begunAt(from, at)),
    });
    return others.map((other) => this.#asReading(other));
  }

  /** As if `manner` had been said before: greedily, and with close rivals in place of what is in doubt. */
  async #inManner(manner: string, most: number): Promise<readonly Reading[]> {
    const { tokenizer, model } = this.whisper;
    this.#prompt = [...this.#promptAfter(tokenizer.encode(` ${manner}`)), ...this.#task()];
    model.session.rewind(0);
    const written = await this.#attempt(0);
    return written.cancelled ? [] : [this.#asReading(written), ...(await this.#rivalsOf(written, most))];
  }

  #asReading(attempt: Attempt): Reading {
    return { tokens: attempt.tokens, score: wordScore(attempt, this.whisper.tokens.endOfText) };
  }

  #promptAfter(previous: readonly number[]): number[] {
    const { tokens, contextLength } = this.whisper;
    const half = Math.floor(contextLength / 2) - 1;
    const before = previous.length > 0 ? [tokens.startOfPrevious, ...previous.slice(-half)] : [];
    return [...before, tokens.startOfTranscript];
  }

  async #logitsAfter(drawn: readonly number[]): Promise<Float32Array> {
    const { session } = this.whisper.model;
    const wanted = [...this.#prompt, ...drawn];
    const shared = wanted.findIndex((token, i) => token !== this.#cached[i]);
    session.rewind(Math.min(session.position, shared < 0 ? wanted.length - 1 : shared, this.#cached.length));
    await session.prefill(wanted.slice(session.position));
    this.#cached = wanted;
    return session.logits();
  }

  async #attempt(temperature: number, begun: readonly Drawn[] = []): Promise<Attempt> {
    const { model, tokens, contextLength } = this.whisper;
    const { session } = model;
    const prompt = this.#prompt;
    this.#cached = prompt;
    session.rewind(Math.min(session.position, prompt.length - 1));
    await session.prefill([...prompt.slice(session.position), ...begun.map(({ token }) => token)]);
    const room = contextLength - prompt.length;
    const { signal } = this.options;
    const result = await attempt(session, tokens, { temperature, random: this.#random, room, signal, begun });
    this.#drawn += result.tokens.length - begun.length;
    return result;
  }

  /** Hears the language after the start of transcript alone, once. */
  async #settleLanguage(): Promise<void> {
    const { model, tokens } = this.whisper;
    if (this.#language) return;
    await model.session.prefill([tokens.startOfTranscript]);
    this.#language = hearLanguage(model.session.logits(), tokens);
    model.session.rewind(0);
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
