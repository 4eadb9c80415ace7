/** Commands that lose something, publish something or run arbitrary text: they ask first, however sure the recognition is. */
import type { PaletteCommand } from '../../../protocol';
import type { Rule } from './rule';

/** In ids and titles of commands that the grammar does not know, extensions' included. */
const dangerousWords =
  /\b(abort|amend|clean|clear|delete|deletes|deploy|destroy|discard|disconnect|drop|erase|execute|exit|force|forget|format disk|kill|logout|merge|overwrite|prune|publish|purge|push|quit|rebase|reload|remove|replace all|reset|restart|revert|run|send|sign out|sync|terminate|undo|uninstall|wipe|without saving)\b/i;

/** The grammar's own word for a command that it has; for all others what their names say. */
export function isDangerous({ id, title }: PaletteCommand, grammar: readonly Rule[]): boolean {
  const known = grammar.filter(({ command, source }) => command === id && source === 'grammar');
  if (known.length > 0) return known.some(({ danger }) => danger === true);
  const words = `${id.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' ')} ${title}`;
  return dangerousWords.test(words);
}
