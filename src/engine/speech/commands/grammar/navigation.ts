import { rule } from '../rule';

export const navigation = [
  rule('pteron.voice.reveal', [
    '[(go|jump|move|take me|bring me|navigate)] [to] <line>',
    '(show|go|jump) [me] <line>',
    'go two <line>',
  ]),
  rule('workbench.action.gotoLine', ['go to line']),
  rule('pteron.voice.reveal', [
    '(go|jump|move|take me|navigate) to [(function|method|class|symbol|variable|interface|type|struct|constant)] <symbol> [(function|method|class|variable|interface|type|struct)]',
    '(show|find|open) [me] (function|method|class|symbol|interface|struct) <symbol>',
    '(show|reveal) [me] <symbol> [(function|method|class|variable|interface|type|struct)]',
  ]),
  rule('editor.action.revealDefinition', [
    '[(go|jump) [to]|show|open] definition',
    '(go|jump) to definition of <symbol>',
    'where is <symbol> (defined|declared|implemented)',
    '[show [me]] where <symbol> is (defined|declared|implemented)',
    '(show|find) definition of <symbol>',
  ]),
  rule('editor.action.peekDefinition', 'peek [(at|definition|at definition)] [of <symbol>]'),
  rule('editor.action.goToTypeDefinition', ['[(go|jump) [to]] type definition [of <symbol>]', 'go [to] type']),
  rule('editor.action.goToImplementation', '[(go|jump) [to]] (implementation|implementations) [of <symbol>]'),
  rule('editor.action.goToReferences', [
    '(find|show|go to|list) [all] (references|usages|uses|callers)',
    '(find|show|go to|list) [all] (references|usages|uses|callers) (of|to|for) <symbol>',
    '(who|what) (calls|uses) <symbol>',
    '(who|what) is (calling|using) <symbol>',
    '[(show|find) [me]] (where|everywhere|all places [(where|that)]) <symbol> is (used|called|referenced)',
    'where is <symbol> (used|called)',
    'references [to <symbol>]',
  ]),
  rule('editor.showCallHierarchy', '[(show|open)] call hierarchy'),
  rule('workbench.action.gotoSymbol', ['[go to] symbol [in (file|editor)]', '[(show|open)] outline of file']),
  rule('workbench.action.showAllSymbols', ['[go to] (symbol|symbols) in workspace', '[(search|find|show)] symbols']),
  rule('workbench.action.navigateBack', [
    'go back [to where i (was|came from)]',
    'take me back',
    'navigate back',
    'back',
  ]),
  rule('workbench.action.navigateForward', ['(go|navigate) forward', 'forward']),
  rule('workbench.action.navigateToLastEditLocation', [
    '[go [back]] to last (edit|change) [location]',
    'go [to] [last] edit',
    'last edit [location]',
  ]),
  rule('editor.action.marker.next', '[((go|jump) to|show|find)] next (problem|error|warning|issue)'),
  rule('editor.action.marker.prev', '[((go|jump|go back) to|show|find)] (previous|last) (problem|error|warning|issue)'),
  rule('workbench.action.editor.nextChange', '[(go|jump) to] next change'),
  rule('workbench.action.editor.previousChange', '[(go|jump) to] previous change'),
  rule('editor.action.jumpToBracket', '[(go|jump)] [to] matching (bracket|brace|paren)'),
  rule('cursorTop', [
    '[(go|jump|move|scroll)] [to] [very] (top|beginning|start) of (file|document|page)',
    '(go|jump|move|scroll) to [very] (top|beginning)',
  ]),
  rule('cursorBottom', [
    '[(go|jump|move|scroll)] [to] [very] (bottom|end) of (file|document|page)',
    '(go|jump|move|scroll) to [very] (bottom|end)',
  ]),
  rule('cursorHome', '[(go|jump|move)] [cursor] [to] (start|beginning|front) of [current] line'),
  rule('cursorEnd', '[(go|jump|move)] [cursor] [to] [very] end of [current] line'),
  rule(
    'cursorMove',
    [
      '[(go|move)] [cursor] {to:up|down} <number> [(line|lines)]',
      '[(go|move)] [cursor] <number> (line|lines) {to:up|down}',
    ],
    {
      args: { to: '$to', by: 'line', value: '$number' },
      title: 'Move the Cursor by Lines',
    },
  ),
  rule(
    'cursorMove',
    [
      '[(go|move)] [cursor] [to] {to:left|right} <number> [(character|characters)]',
      '[(go|move)] [cursor] <number> (character|characters) [to] {to:left|right}',
    ],
    { args: { to: '$to', by: 'character', value: '$number' }, title: 'Move the Cursor by Characters' },
  ),
  rule('cursorMove', ['[(go|move)] [cursor] {to:up|down} [(line|one line|one)]', 'line {to:up|down}'], {
    args: { to: '$to', by: 'line', value: 1 },
    title: 'Move the Cursor by Lines',
  }),
  rule(
    'cursorMove',
    ['[(go|move)] [cursor] {to:left|right} [(character|one character|one)]', 'character {to:left|right}'],
    {
      args: { to: '$to', by: 'character', value: 1 },
      title: 'Move the Cursor by Characters',
    },
  ),
  rule('cursorMove', 'next character', {
    args: { to: 'right', by: 'character', value: 1 },
    title: 'Move the Cursor by Characters',
  }),
  rule('cursorMove', 'previous character', {
    args: { to: 'left', by: 'character', value: 1 },
    title: 'Move the Cursor by Characters',
  }),
  rule('cursorWordLeft', [
    '[(go|move)] [to] (previous|last) word',
    '[(go|move)] (left|back) [one] word',
    'word (left|back)',
  ]),
  rule('cursorWordRight', [
    '[(go|move)] [to] next word',
    '[(go|move)] (right|forward) [one] word',
    'word (right|forward)',
  ]),
  rule('editorScroll', 'scroll {to:up|down} <number> [(line|lines)]', {
    args: { to: '$to', by: 'line', value: '$number', revealCursor: false },
    title: 'Scroll by Lines',
  }),
  rule('editorScroll', 'scroll {to:up|down} [(bit|little|a bit|a little|more|further)]', {
    args: { to: '$to', by: 'halfPage', value: 1, revealCursor: false },
    title: 'Scroll by Half a Page',
  }),
  rule('cursorPageDown', ['page down', '[go] down [one|a] page', 'next page']),
  rule('cursorPageUp', ['page up', '[go] up [one|a] page', 'previous page']),
  rule('workbench.action.focusNextGroup', '(focus|go to|switch to) [(next|other)] [editor] group'),
  rule('workbench.action.focusPreviousGroup', '(focus|go to|switch to) previous [editor] group'),
  rule('workbench.action.focusActiveEditorGroup', ['(focus|go to|back to) [(code|text)] editor']),
];
