import { rule } from '../rule';

const everywhere = '(in (workspace|project|[all] files|whole project|everywhere)|everywhere)';

export const search = [
  rule('actions.find', ['(find|search) [in (file|document)]', 'open find']),
  rule('editor.actions.findWithArgs', ['(find|search for|search|look for|look up) <query> [in (file|document)]'], {
    args: { searchString: '$query' },
    title: 'Find in File',
  }),
  rule('editor.action.nextMatchFindAction', [
    'find next [(match|one|result|occurrence)]',
    'next (match|result|occurrence)',
  ]),
  rule('editor.action.previousMatchFindAction', [
    'find previous [(match|one|result|occurrence)]',
    'previous (match|result|occurrence)',
  ]),
  rule('editor.action.startFindReplaceAction', ['[(find|search)] and replace', 'open replace', 'replace']),
  rule('editor.actions.findWithArgs', 'replace <query:find> (with|by) <query:replace>', {
    args: { searchString: '$find', replaceString: '$replace' },
    title: 'Find and Replace in File',
  }),
  rule(
    'pteron.voice.replaceAll',
    [
      'replace (all|every) [(occurrences|instances)] [of] <query:find> (with|by) <query:replace>',
      'replace <query:find> (with|by) <query:replace> everywhere',
    ],
    { args: { find: '$find', replace: '$replace' }, danger: true },
  ),
  rule('editor.action.replaceAll', 'replace (all|everything)', { danger: true, title: 'Replace All Matches' }),
  rule('editor.action.replaceOne', 'replace (one|this one|next)', { title: 'Replace Match' }),
  rule('workbench.action.findInFiles', [
    '(find|search) in [all] (files|workspace|project)',
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
  rule('workbench.action.replaceInFiles', '(find and replace|replace) in [all] (files|workspace|project)'),
];
