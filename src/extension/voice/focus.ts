/** Where spoken text goes: what the key binding says, which knows of the terminal's focus, else the chat if its page has the focus. */
import type { SpeechFocus } from '../../protocol';

/** `argument`: of a command, from a key binding or from anybody. */
export function focusOf(argument: unknown, chatFocused: boolean): SpeechFocus {
  const said = (argument as { readonly focus?: unknown } | null | undefined)?.focus;
  if (said === 'terminal' || said === 'chat' || said === 'editor') return said;
  return chatFocused ? 'chat' : 'editor';
}
