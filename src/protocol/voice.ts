/** What a user said and what it means: recognised text in, a command, text to insert or a reason out. Nothing is executed here. */

import { RequestType } from 'vscode-jsonrpc';

/** Where the spoken text would go. */
export type SpeechFocus = 'editor' | 'terminal' | 'chat';

/** auto: a command where one fits, dictation otherwise. */
export type SpeechMode = 'auto' | 'command' | 'dictation';

/** The open document, as far as it helps to understand what was said. */
export interface SpokenDocument {
  /** Relative to the workspace. */
  readonly path?: string;
  readonly languageId: string;
  readonly text: string;
  /** The cursor's UTF-16 offset in `text`; the end where absent. */
  readonly offset?: number;
}

/** An entry of the command palette. */
export interface PaletteCommand {
  readonly id: string;
  readonly title: string;
  readonly category?: string;
}

/** A phrase of the user's own: `say` in the grammar's notation (docs/VOICE.md). */
export interface UserPhrase {
  readonly say: string | readonly string[];
  readonly command: string;
  readonly args?: unknown;
  /** Asks before it runs, as dangerous commands do whatever this says. */
  readonly confirm?: boolean;
}

/** Where the cursor or selection is put before the command runs. Lines are those a user counts, from 1. */
export type SpokenTarget =
  | { readonly kind: 'lines'; readonly from: number; readonly to: number }
  | { readonly kind: 'symbol'; readonly name: string; readonly offset: number };

export interface SpokenCommand {
  /** A command of VS Code or of an extension, or one of `voiceCommands`. */
  readonly command: string;
  readonly title: string;
  /** The command's one argument. */
  readonly args?: unknown;
  readonly target?: SpokenTarget;
  /** 0 … 1 */
  readonly confidence: number;
  readonly dangerous: boolean;
  readonly source: 'grammar' | 'user' | 'palette' | 'model';
}

/** Commands that VS Code has no equal of; the extension carries them out. */
export const voiceCommands = {
  'pteron.voice.reveal': 'Go to Line or Symbol', // the target
  'pteron.voice.select': 'Select Lines or Symbol', // the target
  'pteron.voice.openFile': 'Open File', // { path, line? }
  'pteron.voice.rename': 'Rename Symbol To', // { newName }, at the target or the cursor
  'pteron.voice.replaceAll': 'Replace All in File', // { find, replace }
  'pteron.voice.ask': 'Ask in the Chat', // { text }
  'pteron.voice.send': 'Send the Chat Message',
  'pteron.voice.stop': 'Stop the Answer',
  'pteron.voice.scratch': 'Scratch That', // takes the last spoken edit back, in one step
} as const;

/** Why nothing is done. */
export const nothingReasons = [
  'empty', // no text at all
  'noise', // fillers or annotations such as [BLANK_AUDIO] only
  'dismissed', // taken back: "never mind", or "scratch that" at the end
  'negated', // "don't …"
  'unknown_symbol', // a command for a symbol that the open file does not have
  'unknown_file', // a command for a file that the workspace does not have
  'line_out_of_range', // a line that the open file does not have
  'no_document', // it needs an open file
  'no_match', // no command fits, and it does not look like something to type
] as const;
export type NothingReason = (typeof nothingReasons)[number];

export type SpokenOutcome =
  | { readonly kind: 'run'; readonly command: SpokenCommand }
  | { readonly kind: 'confirm'; readonly why: 'dangerous' | 'uncertain'; readonly command: SpokenCommand }
  | { readonly kind: 'didYouMean'; readonly commands: readonly SpokenCommand[] }
  | { readonly kind: 'insert'; readonly text: string; readonly confidence: number }
  | { readonly kind: 'none'; readonly reason: NothingReason; readonly detail: string };

export interface InterpretSpeechParams {
  /** What the recogniser understood, likeliest first; at least one. */
  readonly alternatives: readonly string[];
  readonly document?: SpokenDocument;
  readonly focus?: SpeechFocus;
  readonly mode?: SpeechMode;
  /** Files of the workspace, relative to it. */
  readonly files?: readonly string[];
  /** The palette; VS Code's core commands where absent. */
  readonly commands?: readonly PaletteCommand[];
  /** What extensions add to it: they alone can be asked for their titles. */
  readonly extensionCommands?: readonly PaletteCommand[];
  readonly phrases?: readonly UserPhrase[];
  /** A chat model that says which of several near commands is likeliest; it is asked only if it is in memory. */
  readonly model?: string;
  /** `model` punctuates dictated prose too, if it is in memory; text in which it changed anything else stays as it was. */
  readonly cleanUp?: boolean;
}
export interface InterpretSpeechResult {
  /** The alternative that was taken. */
  readonly heard: string;
  readonly outcome: SpokenOutcome;
}
export const InterpretSpeech = new RequestType<InterpretSpeechParams, InterpretSpeechResult, unknown>(
  'speech/interpret',
);

/** The grammar as a page: what can be said, by category, in Markdown. */
export interface CheatSheetParams {
  readonly phrases?: readonly UserPhrase[];
}
export const CheatSheet = new RequestType<CheatSheetParams, string, unknown>('speech/cheatSheet');
