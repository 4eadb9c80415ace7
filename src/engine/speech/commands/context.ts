/** What was said is understood against: the open file, the workspace's files and the palette. */
import type { PaletteCommand, SpeechFocus, SpokenDocument } from '../../../protocol';
import { type Identifier, identifiersOf } from '../dictation/identifiers';
import { fileKeys, type FileKeys } from './fileNames';

export interface SpeechContext {
  readonly document?: SpokenDocument | undefined;
  readonly focus: SpeechFocus;
  readonly files: readonly FileKeys[];
  readonly palette: readonly PaletteCommand[];
  readonly identifiers: readonly Identifier[];
  readonly lineCount: number;
}

export interface ContextParts {
  readonly document?: SpokenDocument | undefined;
  readonly focus?: SpeechFocus | undefined;
  readonly files?: readonly string[] | undefined;
  readonly palette: readonly PaletteCommand[];
}

export function speechContext({ document, focus = 'editor', files = [], palette }: ContextParts): SpeechContext {
  return {
    document,
    focus,
    palette,
    files: files.map(fileKeys),
    identifiers: document ? identifiersOf(document.text, document.languageId) : [],
    lineCount: document ? document.text.split('\n').length : 0,
  };
}

/** The text before the cursor on its line. */
export function beforeCursor(document: SpokenDocument | undefined): string {
  if (!document) return '';
  const offset = document.offset ?? document.text.length;
  return document.text.slice(document.text.lastIndexOf('\n', offset - 1) + 1, offset);
}
