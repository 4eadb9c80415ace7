import { rule } from '../rule';

const everywhere =
  '(everywhere|(in|across|through|throughout) ([all] files|every file|[(whole|entire)] (workspace|project|codebase|repository)))';
const inProject =
  '[everywhere] (in|across|through|throughout) ([all] files|every file|[(whole|entire)] (workspace|project|codebase|repository))';
/** `everywhere` has been made of "throughout the whole file" and its like: utterance.ts. */
const all = '(all|every) [[occurrences] of]';

export const search = [
  rule('actions.find', [
    '(find|search) [in (file|document)]',
    'open find [in file]',
    '(find|search) something [in file]',
  ]),
  rule('editor.actions.findWithArgs', ['(find|search for|search|look for|look up) <query> [in (file|document)]'], {
    args: { searchString: '$query' },
    title: 'Find in File',
  }),
  rule('editor.action.nextMatchFindAction', [
    'find next [(match|one|result|occurrence)]',
    '[(go|jump|skip) to] next [search] (match|result|occurrence|hit)',
  ]),
  rule('editor.action.previousMatchFindAction', [
    'find previous [(match|one|result|occurrence)]',
    '[(go|jump|skip) [back] to] previous [search] (match|result|occurrence|hit)',
  ]),
  rule('editor.action.startFindReplaceAction', [
    '[(open|show)] [(find|search)] and replace [in file]',
    'open replace',
    'replace [something]',
  ]),
  // Nothing is replaced yet: the search view shows what would be.
  rule('workbench.action.findInFiles', `replace [(all|every)] <query:find> (with|by) <query:replace> ${inProject}`, {
    args: { query: '$find', replace: '$replace', triggerSearch: true },
    title: 'Find and Replace in Files',
  }),
  rule(
    'editor.actions.findWithArgs',
    [
      '[find and] replace <query:find> (with|by) <query:replace> [in (file|document)]',
      'find <query:find> and replace (it|them) (with|by) <query:replace> [in (file|document)]',
    ],
    {
      args: { searchString: '$find', replaceString: '$replace' },
      title: 'Find and Replace in File',
    },
  ),
  rule(
    'pteron.voice.replaceAll',
    [
      `replace ${all} <query:find> (with|by) <query:replace> [(in file|everywhere)]`,
      `(change|turn|rename) ${all} <query:find> (to|into) <query:replace> [(in file|everywhere)]`,
      `[find and] replace <query:find> (with|by) <query:replace> everywhere`,
      `find and replace ${all} <query:find> (with|by) <query:replace>`,
      `find <query:find> and replace (it|them) (with|by) <query:replace> everywhere`,
      `(change|turn) <query:find> (to|into) <query:replace> everywhere`,
      `(swap|switch|exchange) ${all} <query:find> (for|with|to) <query:replace> [(in file|everywhere)]`,
      `everywhere (replace|change) <query:find> (with|by|to) <query:replace>`,
    ],
    { args: { find: '$find', replace: '$replace' }, danger: true },
  ),
  rule('editor.action.replaceAll', 'replace (all|everything)', { danger: true, title: 'Replace All Matches' }),
  rule('editor.action.replaceOne', 'replace (one|this one|next)', { title: 'Replace Match' }),
  rule('workbench.action.findInFiles', [
    '(find|search) in [all] (files|workspace|project)',
    `(find|search) something ${everywhere}`,
    '(show|open) search [view]',
    `search ${everywhere}`,
  ]),
  rule(
    'workbench.action.findInFiles',
    [
      `(find|search for|search|look for|look up) <query> ${everywhere}`,
      `(find|search|look) ${everywhere} for <query>`,
      '(find|search) [(whole|entire)] (project|workspace|codebase|code base|repository) for <query>',
    ],
    { args: { query: '$query', triggerSearch: true } },
  ),
  rule('workbench.action.replaceInFiles', `(find and replace|replace) ${everywhere}`),
];
