import { PteronError } from '../../protocol';
import type { Addon } from '../native/addonTypes';
import { roleMismatch } from './errors';
import { LoadedModel } from './loadedModel';
import type { ModelStore } from './store';

/** The models in memory: loaded on first use, once, and kept until unloaded or until another one needs the room. */
export class ModelRegistry {
  /** In order of last use, oldest first. */
  readonly #models = new Map<string, Promise<LoadedModel>>();

  constructor(
    readonly store: ModelStore,
    readonly addon: () => Addon,
    readonly options: { memoryLimit?: number; onLoading?: (id: string) => () => void } = {},
  ) {}

  /** @throws what LoadedModel.load and ModelStore.find throw */
  async get(id: string): Promise<LoadedModel> {
    const known = this.#models.get(id);
    const model = known ?? this.#load(id);
    this.#models.delete(id);
    this.#models.set(id, model);
    // A failed load is forgotten: the files may be repaired meanwhile.
    model.catch(() => this.#models.get(id) === model && this.#models.delete(id));
    return model;
  }

  isLoaded(id: string): boolean {
    return this.#models.has(id);
  }

  /** Waits for work in progress. Unloading what is not loaded does nothing. */
  async unload(id: string): Promise<void> {
    const model = await this.#models.get(id)?.catch(() => undefined);
    this.#models.delete(id);
    await model?.queue.run(async () => model.dispose());
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#models.keys()].map((id) => this.unload(id)));
  }

  async #load(id: string): Promise<LoadedModel> {
    const installed = await this.store.find(id);
    // A detector has no tokens; speech/vad loads it.
    if (installed.manifest.role === 'vad') throw roleMismatch(id, 'vad', 'completion, chat or speech');
    const done = this.options.onLoading?.(id);
    const settings = { memoryLimit: this.options.memoryLimit, cacheFolder: this.store.cacheFolder };
    try {
      // Room for the whole context is better than part of it beside models that nobody is using.
      return await LoadedModel.load(this.addon(), installed, { ...settings, mayShorten: false });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'out_of_memory') throw error;
      const freed = await this.#makeRoom(id);
      if (!freed && !(error instanceof PteronError)) throw error; // the addon refused: nothing is gained by asking it again
      return await LoadedModel.load(this.addon(), installed, settings);
    } finally {
      done?.();
    }
  }

  /** Unloads the models that nobody is using; false where there is none. */
  async #makeRoom(wanted: string): Promise<boolean> {
    let freed = false;
    for (const [id, loading] of [...this.#models]) {
      const model = id === wanted ? undefined : await loading.catch(() => undefined);
      if (!model || model.queue.busy) continue;
      await this.unload(id);
      freed = true;
    }
    return freed;
  }
}
