/** What the features are composed of. */
import type { EngineClient } from './engine/client';
import type { Log } from './log';
import type { ModelCatalogue } from './models/catalogue';
import type { Settings } from './settings';
import type { StatusModel } from './status/model';

export interface Parts {
  readonly engine: EngineClient;
  readonly models: ModelCatalogue;
  readonly settings: Settings;
  readonly status: StatusModel;
  readonly log: Log;
}
