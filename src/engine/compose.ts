import type { EngineActivity } from '../protocol';
import { Activity } from './activity';
import { Engine } from './engine';
import { Listener } from './listening';
import { resolveHome } from './models/home';
import { ModelRegistry } from './models/registry';
import { ModelStore } from './models/store';
import type { Addon } from './native/addonTypes';
import { CaptureProcess } from './speech/capture/captureProcess';
import { Detectors } from './speech/vad/detectors';

export interface EngineParts {
  readonly addon: () => Addon;
  /** The model store; absent means PTERON_HOME or the platform's default. */
  readonly home?: string | undefined;
  readonly memoryLimitBytes?: number | undefined;
  readonly onActivity?: (activity: EngineActivity) => void;
}

/** Puts an engine together; every part can be built alone in a test. */
export function compose({ addon, home, memoryLimitBytes, onActivity }: EngineParts): {
  engine: Engine;
  registry: ModelRegistry;
} {
  const activity = new Activity(onActivity);
  const registry = new ModelRegistry(new ModelStore(home ?? resolveHome()), addon, {
    ...(memoryLimitBytes === undefined ? {} : { memoryLimit: memoryLimitBytes }),
    onLoading: (model) => activity.begin({ state: 'loading', model }),
  });
  const detectors = new Detectors(registry.store, addon);
  const listener = new Listener(registry, activity, new CaptureProcess(), detectors);
  return {
    engine: new Engine(registry, addon, activity, listener),
    registry,
  };
}
