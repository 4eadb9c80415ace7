import { rule } from '../rule';

const select = '(select|highlight|mark)';

export const selection = [
  rule('editor.action.selectAll', `${select} (all|everything|[whole|entire] (document|file))`),
  rule('expandLineSelection', `${select} [(current|whole|entire)] line`),
  rule('pteron.voice.select', [`${select} <lines>`, `${select} from <lines>`]),
  rule('pteron.voice.select', [
    `${select} [(function|method|class|symbol|variable|interface|type)] <symbol> [(function|method|class|variable|interface)]`,
  ]),
  rule(
    'cursorMove',
    [`${select} {to:up|down} <number> [(line|lines)]`, `${select} <number> (line|lines) {to:up|down}`],
    {
      args: { to: '$to', by: 'line', value: '$number', select: true },
      title: 'Select by Lines',
    },
  ),
  rule('cursorMove', `${select} [to] {to:left|right} <number> [(character|characters)]`, {
    args: { to: '$to', by: 'character', value: '$number', select: true },
    title: 'Select by Characters',
  }),
  rule('cursorEndSelect', `${select} (to|until) end of line`),
  rule('cursorHomeSelect', `${select} (to|until) (start|beginning) of line`),
  rule('cursorBottomSelect', `${select} (to|until) (end|bottom) [of (file|document)]`),
  rule('cursorTopSelect', `${select} (to|until) (start|top|beginning) [of (file|document)]`),
  rule('cursorWordLeftSelect', `${select} (previous|last) word`),
  rule('cursorWordRightSelect', `${select} next word`),
  rule('editor.action.smartSelect.expand', [
    '(expand|grow|extend|widen|enlarge) selection',
    'make selection (bigger|larger)',
    `${select} more`,
  ]),
  rule('editor.action.smartSelect.shrink', [
    '(shrink|reduce|narrow) selection',
    'make selection smaller',
    `${select} less`,
  ]),
  rule('editor.action.addSelectionToNextFindMatch', [
    `${select} [current] word`,
    `${select} next (occurrence|match|one)`,
    'add next (occurrence|match)',
  ]),
  rule('editor.action.selectHighlights', `${select} (all|every) (occurrences|occurrence|matches|match|instances)`),
  rule('editor.action.selectToBracket', `${select} (to|inside|in) (bracket|brackets|braces)`),
  rule('editor.action.insertCursorAbove', '(add|insert) [another] cursor above'),
  rule('editor.action.insertCursorBelow', '(add|insert) [another] cursor below'),
  rule('editor.action.insertCursorAtEndOfEachLineSelected', '(add|insert) (cursor|cursors) (to|at) [all] line ends'),
  rule('cancelSelection', [
    '(clear|cancel|drop) selection',
    '(deselect|unselect) [(all|everything|that|it)]',
    `${select} nothing`,
  ]),
];
