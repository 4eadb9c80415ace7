/** Commands that lose something, publish something or run arbitrary text: they ask first, however sure the recognition is. */
import type { PaletteCommand } from '../../../protocol';

/** In ids and titles of commands that the grammar does not know, extensions' included. */
const dangerousWords =
  /\b(delete|deletes|remove|discard|revert|drop|destroy|erase|clean|reset|force|push|publish|sync|rebase|merge|undo|abort|kill|terminate|uninstall|quit|exit|reload|restart|overwrite|replace all|replaceall|without saving|deploy|run|execute|send|clear|purge|wipe|prune|forget|disconnect|sign out|logout|format disk)\b/i;

/** Known by name to lose nothing that cannot be had again. */
const harmless = new Set([
  'workbench.action.terminal.clear',
  'testing.runAll',
  'testing.runAtCursor',
  'testing.runCurrentFile',
  'workbench.action.debug.run',
  'workbench.action.debug.restart',
  'editor.debug.action.runToCursor',
  'pteron.restartEngine',
]);

export function isDangerous({ id, title }: PaletteCommand): boolean {
  if (harmless.has(id)) return false;
  const words = `${id.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' ')} ${title}`;
  return dangerousWords.test(words);
}
