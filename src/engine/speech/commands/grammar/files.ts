import { rule } from '../rule';

export const files = [
  rule(
    'pteron.voice.openFile',
    [
      '(open [up]|go to|switch to|switch over to|pull up|bring up|show|edit) file <file>',
      '(open [up]|go to|switch to|switch over to|pull up|bring up|show|edit) [me] <file> [file]',
    ],
    { args: { path: '$file' } },
  ),
  rule('pteron.voice.openFile', ['(open [up]|go to|switch to) [file] <file> [(at|on)] <line>'], {
    args: { path: '$file', line: '$line' },
  }),
  rule('workbench.action.quickOpen', ['open [(a|another)] file', 'quick open', 'find [a] file', 'go to file']),
  rule('workbench.action.files.openFolder', 'open [a] folder'),
  rule('workbench.action.openRecent', 'open recent [(file|files|folder|project|projects)]'),
  rule('workbench.action.files.save', 'save [(file|document|it|that|changes)]'),
  rule(
    'workbench.action.files.saveAll',
    'save (all|everything|every) [open] [(files|file|editors|tabs|documents|changes)]',
  ),
  rule('workbench.action.files.saveAs', 'save [(file|it)] as'),
  rule('workbench.action.files.newUntitledFile', '[(create|make|open)] [a] new (file|document)'),
  rule('workbench.action.files.revert', '(revert|restore) (file|document)', { danger: true }),
  rule('deleteFile', ['(delete|remove|trash) [current] file'], { danger: true, title: 'Delete File' }),
  rule('deleteFile', ['(delete|remove|trash) file <file>', '(delete|remove|trash) <file> [file]'], {
    danger: true,
    args: { path: '$file' },
    title: 'Delete File',
  }),
  rule('renameFile', 'rename file', { title: 'Rename File' }),
  rule('copyFilePath', 'copy [file] path', { title: 'Copy Path of Active File' }),
  rule('workbench.action.closeActiveEditor', 'close [current] [(editor|tab|file|document|it)]'),
  rule(
    'workbench.action.revertAndCloseActiveEditor',
    ['close [(editor|tab|file|document|it)] without saving', 'discard and close', 'revert and close [editor]'],
    {
      danger: true,
    },
  ),
  rule(
    'workbench.action.closeAllEditors',
    'close (all|everything|every) [open] [(editors|tabs|files|editor|tab|file)]',
  ),
  rule('workbench.action.closeOtherEditors', [
    'close [all] (other|others) [(editors|tabs|files)]',
    'close (all|everything) (but|except) (this|current|this one) [(one|editor|tab|file)]',
  ]),
  rule('workbench.action.closeUnmodifiedEditors', 'close saved [(editors|tabs|files)]'),
  rule('workbench.action.reopenClosedEditor', [
    'reopen [last] closed (editor|tab|file)',
    'reopen [last] (editor|tab|file)',
    '(bring back|undo close) [last] [closed] (editor|tab|file) [i just closed]',
    'restore [last] closed (editor|tab|file)',
    '(reopen|open|bring back|restore) [last] (editor|tab|file) [that] i [just|last] closed',
  ]),
  rule('workbench.action.nextEditor', '[(go|move|switch)] [to] next (editor|tab|file)'),
  rule('workbench.action.previousEditor', '[(go|move|switch)] [to] (previous|last) (editor|tab|file)'),
  rule(
    'workbench.action.openEditorAtIndex',
    [
      '(go to|switch to|open) [editor] tab [number] <number>',
      '(go to|switch to) editor [number] <number>',
      'tab [number] <number>',
    ],
    {
      args: '$number-1',
      title: 'Open Editor at Index',
    },
  ),
  rule('workbench.action.splitEditor', 'split [(editor|window|screen)] [vertically]'),
  rule('workbench.action.splitEditorRight', 'split [editor] [to] right'),
  rule('workbench.action.splitEditorDown', 'split [editor] (down|horizontally|below)'),
  rule('workbench.action.pinEditor', 'pin [(editor|tab|file|it)]'),
  rule('workbench.action.unpinEditor', 'unpin [(editor|tab|file|it)]'),
  rule('workbench.action.compareEditor.previousChange', 'previous difference'),
  rule('workbench.action.compareEditor.nextChange', 'next difference'),
];
