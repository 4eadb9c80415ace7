import type { Addon, Program } from '../native/addonTypes';
import { SerialQueue } from '../scheduler/serialQueue';
import { type ChatTemplate, loadChatTemplate, type TemplateMarkers } from '../text/chatTemplate';
import { Lane } from '../text/lane';
import { PromptEncoder } from '../text/promptEncoder';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer';
import type { Recognizer } from '../speech/recognizer';
import { createRecognizer } from '../speech/recognizers';
import { checkProgram, checkTokenizer } from './consistency';
import { type MemoryPlan, planMemory } from './memoryPlan';
import type { InstalledModel } from './store';

/** What a lane is for: uses do not share a KV cache, or they would evict each other's prefix. */
export type LaneUse = 'completion' | 'chat';

export interface LoadSettings {
  /** Bytes that weights, state and work area may take. */
  readonly memoryLimit?: number | undefined;
  /** Whether a part of the model's context is better than a refusal. */
  readonly mayShorten?: boolean;
  /** Where the compact form of the tokenizer is kept. */
  readonly cacheFolder?: string;
}

/** A model in memory: its program's weights once, its tokenizer, and one KV lane a use. */
export class LoadedModel {
  readonly queue = new SerialQueue();
  readonly #lanes = new Map<LaneUse, Lane>();
  #template: Promise<ChatTemplate> | undefined;
  #recognizer: Recognizer | undefined;

  private constructor(
    readonly installed: InstalledModel,
    readonly program: Program,
    readonly encoder: PromptEncoder,
    private readonly plan: MemoryPlan,
  ) {}

  /** @throws program_*, tokenizer_invalid, model_invalid, out_of_memory, addon_missing */
  static async load(
    addon: Addon,
    installed: InstalledModel,
    { memoryLimit, mayShorten = true, cacheFolder }: LoadSettings = {},
  ): Promise<LoadedModel> {
    const { programPath, dataPaths, tokenizerPath, manifest } = installed;
    const plan = planMemory(installed, addon.runtimeInfo(), { memoryLimit, mayShorten });
    const { contextLength } = plan;
    const options = { dataPaths, contextLength, ...(memoryLimit === undefined ? {} : { memoryLimit }) };
    // Side by side: the program loads on a thread of its own while JavaScript builds the tokenizer.
    const [program, tokenizer] = await Promise.allSettled([
      addon.Program.load(programPath, options),
      loadTokenizer(tokenizerPath, cacheFolder),
    ]);
    try {
      if (program.status === 'rejected') throw program.reason;
      if (tokenizer.status === 'rejected') throw tokenizer.reason;
      checkProgram(program.value, manifest, programPath);
      checkTokenizer(tokenizer.value, manifest, tokenizerPath);
      return new LoadedModel(installed, program.value, new PromptEncoder(tokenizer.value), plan);
    } catch (error) {
      if (program.status === 'fulfilled') program.value.dispose();
      throw error;
    }
  }

  /** Tokens; the model's own, or as many as memory allows. */
  get contextLength(): number {
    return this.plan.contextLength;
  }

  get tokenizer(): Tokenizer {
    return this.encoder.tokenizer;
  }

  lane(use: LaneUse): Lane {
    let lane = this.#lanes.get(use);
    if (!lane) {
      lane = this.#newLane();
      this.#lanes.set(use, lane);
    }
    return lane;
  }

  /**
   * A program with one state only serves one session, and memory may not hold two: its uses then share a lane, each turn
   * paying for the other's prefix.
   */
  #newLane(): Lane {
    const [existing] = this.#lanes.values();
    if (existing && this.plan.lanes < 2) return existing;
    try {
      return new Lane(this.program.createSession({ contextLength: this.contextLength }));
    } catch (error) {
      if (existing && (error as { code?: unknown }).code === 'program_unsupported') return existing;
      throw error;
    }
  }

  /** @throws program_unsupported, model_invalid */
  recognizer(): Recognizer {
    const { program, tokenizer, plan } = this;
    const { contextLength } = plan;
    this.#recognizer ??= createRecognizer({ program, tokenizer, contextLength, manifest: this.installed.manifest });
    return this.#recognizer;
  }

  /** @throws template_invalid */
  template(): Promise<ChatTemplate> {
    this.#template ??= loadChatTemplate(this.installed.templatePath, this.markers);
    return this.#template;
  }

  get markers(): TemplateMarkers {
    const { bos, eos } = this.installed.manifest.tokens;
    const spelling = (id: number | null | undefined) => (id == null ? '' : (this.tokenizer.spelling(id) ?? ''));
    return { bos: spelling(bos), eos: spelling(eos[0]) };
  }

  dispose(): void {
    for (const lane of this.#lanes.values()) lane.dispose();
    this.#lanes.clear();
    this.#recognizer?.dispose();
    this.program.dispose();
  }
}
