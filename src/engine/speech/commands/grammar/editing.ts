import { rule } from '../rule';

const thing = '[(line|code|it)]';

export const editing = [
  rule('undo', ['undo [that|it|last (edit|change)]', 'take (that|it) back']),
  rule('undo', 'undo what i just did', { only: ['editor'] }),
  rule('redo', 'redo [that|it]'),
  rule('editor.action.clipboardCutAction', ['cut [(selection|that|it|this)]', 'cut [current] line', 'cut <lines>']),
  rule('editor.action.clipboardCopyAction', ['copy [(selection|that|it|this)]', 'copy [current] line', 'copy <lines>']),
  rule('editor.action.clipboardPasteAction', 'paste [it|that] [here]'),
  rule('editor.action.deleteLines', ['(delete|remove|kill) [current] line', '(delete|remove|kill) <lines>']),
  rule('deleteLeft', ['(delete|remove) character', 'backspace']),
  rule('deleteWordLeft', '(delete|remove) [(previous|last)] word'),
  rule('deleteWordRight', '(delete|remove) next word'),
  rule(
    'deleteAllRight',
    '(delete|remove) [(rest of|to end of)] line to end|(delete|remove) (to|until) end of line|(delete|remove) rest of line',
  ),
  rule('deleteAllLeft', '(delete|remove) (to|until) (start|beginning) of line'),
  rule('editor.action.copyLinesDownAction', [
    'duplicate [current] (line|selection) [down|below]',
    'copy [current] (line|selection) (down|below)',
    'duplicate [(this|that|it)]',
    'duplicate <lines>',
  ]),
  rule('editor.action.copyLinesUpAction', '(duplicate|copy) [current] (line|selection) (up|above)'),
  rule('editor.action.moveLinesDownAction', ['move [current] (line|selection|it) down [one]', 'move <lines> down']),
  rule('editor.action.moveLinesUpAction', ['move [current] (line|selection|it) up [one]', 'move <lines> up']),
  rule('editor.action.joinLines', ['join [(lines|next line)]', 'join <lines>']),
  rule('editor.action.commentLine', [
    'toggle [line] comment',
    `comment [out] ${thing}`,
    'comment (line|code|selection|it|them|block) out',
    'comment [out] selection',
    'comment [out] <lines>',
    'comment <lines> out',
  ]),
  rule('editor.action.removeCommentLine', [
    `uncomment ${thing}`,
    'uncomment [out] (selection|<lines>)',
    'remove comment',
  ]),
  rule('editor.action.blockComment', '[toggle] block comment'),
  rule('editor.action.indentLines', ['indent [(line|selection|more)]', 'indent <lines>']),
  rule('editor.action.outdentLines', [
    '(outdent|unindent|dedent) [(line|selection)]',
    '(outdent|unindent|dedent) <lines>',
    'indent less',
  ]),
  rule(
    'editor.action.formatDocument',
    '(format|reformat|pretty print|prettify|beautify) [[all|whole|entire] (document|file|code|everything|that|it)]',
  ),
  rule(
    'editor.action.formatDocument',
    [
      '(fix|tidy [up]|clean up|redo|apply) (formatting|layout|indentation) [(of|in|for) [whole|entire] (document|file|code)]',
      '(tidy [up]|clean up) [whole|entire] (file|document|code|it)',
      'tidy (it|everything) up',
      'clean (it|everything) up',
    ],
    { only: ['editor'] },
  ),
  rule('editor.action.formatSelection', '(format|reformat) (selection|selected code)'),
  rule('editor.action.rename', '[refactor] rename [(symbol|variable|function|method|class|it|that|identifier)]'),
  rule(
    'pteron.voice.rename',
    [
      'rename [(this|that|it)] [(symbol|variable|function|method|class|identifier|parameter|type)] (to|as) <name> [everywhere]',
      'rename [(symbol|variable|function|method|class)] <symbol> (to|as|into) <name> [everywhere]',
      '(change|set) name of <symbol> to <name>',
      'give <symbol> name <name>',
      'call (this|it) <name>',
    ],
    { args: { newName: '$name' } },
  ),
  rule('editor.action.quickFix', [
    '[(show|apply|open)] quick (fix|fixes)',
    '(fix|solve) [(problem|error|issue|warning|it|that)]',
  ]),
  rule('editor.action.refactor', '[(show|open)] refactor [(it|code|selection|menu)]'),
  rule('editor.action.organizeImports', [
    '(organize|organise|clean up|tidy [up]|sort|fix|arrange) imports',
    '(remove|delete) unused imports',
  ]),
  rule('editor.action.showHover', [
    '[show] hover [(info|information)]',
    'show (type|documentation|info)',
    'what (is|does) (this|that) [do]',
  ]),
  rule('editor.action.triggerSuggest', [
    '(trigger|show) (suggest|suggestions list) [widget]',
    'show (completions|intellisense)',
    'auto complete',
  ]),
  rule('editor.action.triggerParameterHints', [
    '[(show|trigger)] (parameter|parameters|param) (hint|hints)',
    'show (hint|hints)',
  ]),
  rule(
    'editor.foldAll',
    '(fold|collapse) (all|everything) [(regions|code|functions|methods|blocks|classes)] [in file]',
  ),
  rule(
    'editor.unfoldAll',
    '(unfold|expand) (all|everything) [(regions|code|functions|methods|blocks|classes)] [in file]',
  ),
  rule('editor.fold', [
    '(fold|collapse) [(region|block|function|method|class|code|it)]',
    '(fold|collapse) (at|on) <lines>',
    '(fold|collapse) <lines>',
  ]),
  rule('editor.unfold', ['(unfold|expand) [(region|block|function|method|class|code|it)]', 'unfold <lines>']),
  rule(
    'editor.action.transformToUppercase',
    '[(make|put|turn|transform|convert|change)] [(selection|word|it|this|that|text)] [all] [(to|in|into)] (uppercase|all caps|capitals|capital letters)',
  ),
  rule(
    'editor.action.transformToLowercase',
    '[(make|put|turn|transform|convert|change)] [(selection|word|it|this|that|text)] [all] [(to|in|into)] (lowercase|small letters)',
  ),
  rule(
    'editor.action.transformToTitlecase',
    '(make|transform|convert|change) [(selection|word|it|this|that)] [to] title case',
  ),
  rule('editor.action.sortLinesAscending', 'sort [selected] lines [ascending|alphabetically]'),
  rule('editor.action.sortLinesDescending', 'sort [selected] lines descending'),
  rule('editor.action.trimTrailingWhitespace', '(trim|remove|delete|strip) [trailing] (whitespace|spaces)'),
  rule('editor.action.insertLineAfter', [
    '(insert|add|new|open) [empty|blank|new] line (below|after|under) [here|cursor]',
  ]),
  rule('editor.action.insertLineBefore', ['(insert|add|new|open) [empty|blank|new] line (above|before) [here|cursor]']),
  rule('editor.action.transposeLetters', 'transpose letters'),
];
