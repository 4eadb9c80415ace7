import type { ModelStore } from '../../models/store';
import type { Addon } from '../../native/addonTypes';
import { EnergyDetector } from './energyDetector';
import { SileroDetector } from './sileroDetector';
import type { VoiceActivityDetector } from './voiceActivity';

/** The detector of this machine: the first installed model of that role, loaded once; without one, a rule of thumb. */
export class Detectors {
  #loaded: Promise<SileroDetector> | undefined;

  constructor(
    private readonly store: ModelStore,
    private readonly addon: () => Addon,
  ) {}

  /** For one sound at a time: it has forgotten the last. @throws program_*, model_invalid, addon_missing */
  async get(): Promise<VoiceActivityDetector> {
    const { models } = await this.store.list();
    const installed = models.find(({ manifest }) => manifest.role === 'vad');
    if (!installed) return new EnergyDetector();
    this.#loaded ??= SileroDetector.load(this.addon(), installed);
    // A failed load is forgotten: the files may be repaired meanwhile.
    this.#loaded.catch(() => (this.#loaded = undefined));
    const detector = await this.#loaded;
    detector.reset();
    return detector;
  }

  async dispose(): Promise<void> {
    (await this.#loaded?.catch(() => undefined))?.dispose();
    this.#loaded = undefined;
  }
}
