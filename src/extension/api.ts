/** What `vscode.extensions.getExtension('pteron.pteron').exports` offers: how Pteron is doing, for tests and measurements. */
import type { EngineState } from './engine/supervisor';
import type { Status } from './status/state';
import type { VoiceState } from './voice/state';

export interface PteronApi {
  readonly version: string;
  /** Evaluating the bundle and running `activate`, in ms. */
  readonly activationMs: number;
  engineState(): EngineState;
  status(): Status;
  /** What the microphone is at, and what came of the last utterance. */
  voice(): VoiceState;
  /** The newest lines of the output channel. */
  newestLog(): readonly string[];
  /** Suggestions since activation. */
  suggestions(): { readonly offered: number; readonly accepted: number };
}
