/** The built-in grammar by category, in the order of the cheat sheet. */
import type { Rule } from '../rule';
import { chat, completion, speech } from './assistant';
import { editing } from './editing';
import { files } from './files';
import { git } from './git';
import { navigation } from './navigation';
import { run } from './run';
import { search } from './search';
import { selection } from './selection';
import { terminal } from './terminal';
import { view } from './view';

export const grammar: Readonly<Record<string, readonly Rule[]>> = {
  Navigation: navigation,
  Selection: selection,
  Editing: editing,
  'Files and editors': files,
  Search: search,
  'Run, debug and test': run,
  Git: git,
  Terminal: terminal,
  Completion: completion,
  Chat: chat,
  'Views and settings': view,
  Speech: speech,
};
