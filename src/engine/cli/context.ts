import type { Command } from 'commander';
import type { Addon } from '../native/addonTypes';
import type { Engine } from '../engine';
import type { ModelRegistry } from '../models/registry';

/** What every command is given: no command reaches for the process, so each can be tested alone. */
export interface CliContext {
  readonly engine: Engine;
  readonly registry: ModelRegistry;
  /** Loads the addon at its first call. @throws addon_missing */
  readonly addon: () => Addon;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
}

/** Adds one command to the program; one file a command under commands/. */
export type CommandDefinition = (program: Command, context: CliContext) => void;
