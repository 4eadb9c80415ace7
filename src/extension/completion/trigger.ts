/** Whether a completion is asked for at all, decided from the cursor's line before anything is computed. */
import type { NothingReason } from './reasons';

export interface TriggerContext {
  readonly automatic: boolean;
  readonly enabled: boolean;
  readonly snoozed: boolean;
  readonly languages: Readonly<Record<string, boolean>>;
  readonly languageId: string;
  readonly scheme: string;
  readonly cursorCount: number;
  readonly lineBefore: string;
  readonly lineAfter: string;
  /** Whether anything but white space stands before the cursor in the document's last few lines. */
  readonly hasContext: boolean;
}

/** Documents that are output, history or another feature's input box. */
const excludedSchemes = new Set([
  'output',
  'git',
  'gitlens',
  'vscode-scm',
  'vscode-chat-input',
  'chatSessionInput',
  'comment',
  'debug',
  'search-editor',
  'walkThrough',
  'walkThroughSnippet',
  'vscode-terminal',
]);

/** What an editor closes by itself, so that the cursor still stands at the end of what the user wrote. */
const closersOnly = /^\s*[)\]}>"'`]*\s*[,;:{]?\s*$/;
const wordCharacter = /[\p{L}\p{N}_$]/u;

/** The reason not to ask, or undefined. An explicit invocation is refused only where no completion can ever be. */
export function whyNotTriggered(context: TriggerContext): NothingReason | undefined {
  if (excludedSchemes.has(context.scheme)) return 'schemeExcluded';
  if (context.cursorCount > 1) return 'multipleCursors';
  if (!context.hasContext) return 'promptTooShort';
  if (!context.automatic) return undefined;
  if (!context.enabled) return 'disabled';
  if (context.snoozed) return 'snoozed';
  if (!(context.languages[context.languageId] ?? context.languages['*'] ?? true)) return 'languageDisabled';
  if (wordCharacter.test(context.lineAfter.charAt(0))) return 'midWord';
  if (!closersOnly.test(context.lineAfter)) return 'midLine';
  return undefined;
}

/** Multi-line text belongs on an empty line or after the opening of a block, not in the middle of an expression. */
export function wantsMultiline(mode: 'auto' | 'always' | 'never', lineBefore: string, lineAfter: string): boolean {
  if (mode !== 'auto') return mode === 'always';
  if (lineAfter.trim() !== '' && !/^\s*[}\])]+[;,]?\s*$/.test(lineAfter)) return false;
  const before = lineBefore.trimEnd();
  return before === '' || /(?:[{:([]|=>|\b(?:do|then|begin|else))$/.test(before);
}
