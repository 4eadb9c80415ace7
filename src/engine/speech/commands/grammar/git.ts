import { rule } from '../rule';

const danger = { danger: true };

export const git = [
  rule('git.commit', ['[git] commit [(changes|it|everything)]']),
  rule('git.commit', ['[git] commit [changes] [with] message <text>', '[git] commit [changes] (saying|as) <text>'], {
    args: { message: '$text' },
  }),
  rule('git.stageAll', ['[git] (stage|add) (all|everything) [changes]', '[git] stage changes']),
  rule('git.stage', '[git] stage [current] (file|it)'),
  rule('git.unstageAll', '[git] unstage (all|everything) [changes]'),
  rule('git.unstage', '[git] unstage [current] [(file|it)]'),
  rule(
    'git.push',
    [
      '[git] push [(changes|it|commits|branch|everything)]',
      '[git] push to (origin|remote|upstream|server|main|master)',
    ],
    danger,
  ),
  rule('git.pushForce', ['[git] force push [it]', '[git] push [with] force'], danger),
  rule('git.pull', [
    'git pull',
    '(pull|get) latest changes',
    'pull [latest] [changes]',
    'pull from (origin|remote|upstream)',
  ]),
  rule('git.fetch', '[git] fetch [all]'),
  rule('git.sync', ['git sync', 'sync (changes|git|repository)'], danger),
  rule('git.checkout', [
    '[git] checkout [(branch|to|another branch)]',
    '(switch|change) [(branch|branches)]',
    'switch [to] another branch',
  ]),
  rule(
    'git.checkout',
    ['[git] (checkout|switch) [to] branch <branch>', '(switch|change) to <branch> branch', 'git checkout <branch>'],
    {
      args: { ref: '$branch' },
    },
  ),
  rule('git.branch', ['[git] (create|make|new|start) [new] branch']),
  rule(
    'git.branch',
    ['[git] (create|make|start) [new] branch [(called|named)] <branch>', 'new branch [(called|named)] <branch>'],
    {
      args: { name: '$branch' },
    },
  ),
  rule('git.deleteBranch', '[git] (delete|remove) [current] branch', danger),
  rule('git.merge', '[git] merge [(branch|from)]', danger),
  rule('git.rebase', '[git] rebase [(branch|onto)]', danger),
  rule(
    'git.clean',
    [
      '(discard|drop|revert|throw away) [(my|current)] changes [in [current] file]',
      'discard file',
      '(discard|drop|revert|throw away|undo) all changes (in|to) [current] file',
    ],
    danger,
  ),
  rule(
    'git.cleanAll',
    ['(discard|drop|revert|throw away|undo) (all|every|everything) [of] [my] [changes]', 'git clean'],
    danger,
  ),
  rule('git.undoCommit', '[git] undo [last] commit', danger),
  rule('git.stash', ['[git] stash [(changes|it|everything)]']),
  rule('git.stashPop', ['[git] (pop|apply|restore) [last] stash', '[git] stash pop']),
  rule('git.stashDrop', ['[git] (drop|delete) stash', '[git] stash drop'], danger),
  rule('workbench.action.terminal.sendSequence', ['[git] hard reset', '[git] reset hard'], {
    danger: true,
    args: { text: 'git reset --hard\r' },
    title: 'Run in Terminal: git reset --hard',
  }),
  rule('git.openChange', [
    '[git] (open|show|view|see) [me] (changes|diff|differences)',
    '[git] diff',
    'what (changed|did i change)',
    'compare with (last commit|head)',
  ]),
  rule(
    'git.openChange',
    [
      'what (changed|did i change|have i changed) [in file] [show [me] (diff|changes)]',
      '(show|see) [me] what (i changed|changed|has changed|i have changed) [in file]',
    ],
    { only: ['editor', 'terminal'] },
  ),
  rule('workbench.view.scm', [
    '(show|open|focus) (git|source control) [(view|panel|changes)]',
    'git status',
    'source control',
  ]),
];
