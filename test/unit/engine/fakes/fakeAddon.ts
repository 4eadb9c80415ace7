/**
 * An addon without a model: a session that keeps its tokens as the native one does, and "generates" what a function of
 * the prompt's text says. It records what was prefilled and rewound, which is what the tests of reuse look at.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../../../src/engine/models/manifest';
import type {
  Addon,
  DecodeOptions,
  DecodeResult,
  LanguageModelInfo,
  LoadOptions,
  Program,
  Session,
} from '../../../../src/engine/native/addonTypes';
import type { Tokenizer } from '../../../../src/engine/text/tokenizer';

export interface FakeBehaviour {
  readonly tokenizer: Tokenizer;
  /** Token ids to generate after this prompt; then `eos`. */
  readonly continuation: (prompt: readonly number[]) => readonly number[];
  readonly eos: number;
  readonly constants?: Readonly<Record<string, number>>;
  /** Awaited before each token: lets a test act in mid-generation. */
  readonly beforeToken?: (index: number) => Promise<void>;
}

export class FakeSession implements Session {
  tokens: number[] = [];
  pending: number | null = null;
  disposed = false;
  resets = 0;
  /** Token counts of each prefill. */
  readonly prefills: number[] = [];
  failNext: string | null = null;
  /** The token masks of decodes that had one. */
  readonly masks: Uint32Array[] = [];

  constructor(readonly behaviour: FakeBehaviour) {}

  get position(): number {
    return this.tokens.length;
  }

  async prefill(tokens: readonly number[] | Int32Array, { signal }: { signal?: AbortSignal } = {}) {
    this.#failIfAsked();
    if (this.pending !== null) this.tokens.push(this.pending);
    this.pending = null;
    this.prefills.push(tokens.length);
    if (signal?.aborted) return { position: this.position, cancelled: true };
    this.tokens.push(...tokens);
    return { position: this.position, cancelled: false };
  }

  async decode(options: DecodeOptions): Promise<DecodeResult> {
    this.#failIfAsked();
    if (options.mask) this.masks.push(options.mask);
    const plan = [...this.behaviour.continuation(this.tokens), this.behaviour.eos];
    const drawn: number[] = [];
    for (let i = 0; i < options.maxTokens; i++) {
      await this.behaviour.beforeToken?.(i);
      if (options.signal?.aborted) return { tokens: drawn, finish: 'cancelled' };
      if (this.pending !== null) this.tokens.push(this.pending);
      this.pending = null;
      const token = plan[i]!;
      if (options.stopIds?.includes(token)) return { tokens: drawn, finish: 'stop' };
      drawn.push(token);
      this.pending = token;
      if (options.onToken?.(token) === 'stop') return { tokens: drawn, finish: 'stop' };
    }
    return { tokens: drawn, finish: 'length' };
  }

  verify(): Promise<{ accepted: number; next: number }> {
    throw new Error('verify is not used yet');
  }

  rewind(position: number): number {
    this.tokens = this.tokens.slice(0, position);
    this.pending = null;
    return this.tokens.length;
  }

  reset(): void {
    this.resets++;
    this.rewind(0);
  }

  logits(): Float32Array {
    throw new Error('logits is not used here');
  }

  provide(): void {
    throw new Error('provide is not used here');
  }

  dispose(): void {
    this.disposed = true;
  }

  #failIfAsked(): void {
    if (this.failNext === null) return;
    const message = this.failNext;
    this.failNext = null;
    throw Object.assign(new Error(message), { code: 'inference_failed' });
  }
}

export class FakeProgram implements Program {
  readonly methods = [{ name: 'forward', inputs: [], outputs: [], delegates: ['MLXBackend'] }];
  readonly graphs = [];
  readonly sessions: FakeSession[] = [];
  disposed = false;

  constructor(
    readonly behaviour: FakeBehaviour,
    readonly path: string,
  ) {}

  constant(name: string): number | undefined {
    return this.behaviour.constants?.[name];
  }

  /** As its model.json says, where the behaviour says nothing else. */
  languageModel(): LanguageModelInfo {
    const claimed = JSON.parse(readFileSync(join(dirname(this.path), 'model.json'), 'utf8')) as Manifest;
    const vocabulary = this.behaviour.constants?.get_vocab_size ?? claimed.vocabularySize;
    const { contextLength: context, prefillChunk: chunk } = claimed;
    return {
      contract: 'pteron',
      chunk,
      rows: 16,
      vocabulary,
      context,
      rewind: 'anywhere',
      slots: 0,
      featureWidth: 0,
      given: [],
    };
  }

  run(): Promise<never> {
    throw new Error('run is not used here');
  }

  createSession(): FakeSession {
    const session = new FakeSession(this.behaviour);
    this.sessions.push(session);
    return session;
  }

  dispose(): void {
    this.disposed = true;
  }
}

export class FakeAddon implements Addon {
  readonly programs: FakeProgram[] = [];
  readonly loads: { path: string; options: LoadOptions | undefined }[] = [];
  /** Errors that the next loads throw, in order. */
  readonly failures: Error[] = [];

  constructor(readonly behaviourOf: (programPath: string) => FakeBehaviour) {}

  readonly Program = {
    load: async (path: string, options?: LoadOptions): Promise<Program> => {
      this.loads.push({ path, options });
      const failure = this.failures.shift();
      if (failure) throw failure;
      const program = new FakeProgram(this.behaviourOf(path), path);
      this.programs.push(program);
      return program;
    },
  };

  runtimeInfo() {
    const memory = { totalBytes: 8e9, availableBytes: 4e9, residentBytes: 1e8, peakResidentBytes: 2e8 };
    const runtime = { executorch: '1.5.1', mlx: '0.32.4', backends: ['MLXBackend'], mlxDevice: 'cpu (fake)' };
    return { ...runtime, mlxLibrary: null, mlxDeviceBytes: 0, cpuFeatures: ['avx2'], threads: 2, memory };
  }
}
