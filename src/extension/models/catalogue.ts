/** The installed models, as last told by the engine, and which of them a feature uses. */
import type { ModelRole, ModelSummary } from '../../protocol';
import { noModel } from '../engine/errors';
import { Emitter } from '../events';

/** Roles whose model a user chooses. */
export type UsedRole = Exclude<ModelRole, 'vad'>;

export interface CatalogueOptions {
  readonly list: () => Promise<ModelSummary[]>;
  /** The id in the settings; '' = the first installed one of the role. */
  readonly wanted: (role: UsedRole) => string;
  /** Folder of the store, for messages; '' if it is the default. */
  readonly home: () => string;
}

export class ModelCatalogue {
  private readonly changed = new Emitter<readonly ModelSummary[]>();
  readonly onDidChange = this.changed.event;
  private listed: Promise<readonly ModelSummary[]> | undefined;

  constructor(private readonly options: CatalogueOptions) {}

  /** Installed models; asks the engine once, until `refresh` or `forget`. */
  installed(): Promise<readonly ModelSummary[]> {
    this.listed ??= this.load();
    return this.listed;
  }

  refresh(): Promise<readonly ModelSummary[]> {
    this.listed = this.load();
    return this.listed;
  }

  forget(): void {
    this.listed = undefined;
  }

  /** The model that `role` uses. Fails with model_not_found, saying how to get one. */
  async pick(role: UsedRole): Promise<ModelSummary> {
    const wanted = this.options.wanted(role);
    const choose = (models: readonly ModelSummary[]): ModelSummary | undefined =>
      models.find((model) => model.role === role && (wanted === '' || model.id === wanted));
    const model = choose(await this.installed()) ?? choose(await this.refresh());
    if (!model) throw noModel(role, wanted, this.options.home());
    return model;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async load(): Promise<readonly ModelSummary[]> {
    try {
      const models = (await this.options.list()).filter((model) => model.installed);
      this.changed.fire(models);
      return models;
    } catch (error) {
      this.listed = undefined;
      throw error;
    }
  }
}
