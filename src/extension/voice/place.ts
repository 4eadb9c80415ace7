/** Where spoken text goes. Made when listening begins; it follows the user until the key is let go, then stays. */
import type { SpeechFocus, SpokenDocument } from '../../protocol';

export interface SpokenPlace {
  readonly focus: SpeechFocus;
  /** The open document, as it is now. */
  document(): SpokenDocument | undefined;
  /** What was understood so far; only the first will not change. Both '' take it away. */
  showPartial(confirmed: string, tentative: string): void;
  /** From now on the place no longer follows the cursor, only the edits around it. */
  pin(): void;
  /** False if the place is gone: the caller keeps the text. */
  insert(text: string): Promise<boolean>;
  dispose(): void;
}
