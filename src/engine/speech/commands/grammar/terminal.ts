import { rule } from '../rule';

export const terminal = [
  rule('workbench.action.terminal.toggleTerminal', ['(toggle|show|hide|open|close) [integrated] terminal', 'terminal']),
  rule('workbench.action.terminal.new', ['[(create|open|start)] [a] (new|another) terminal']),
  rule('workbench.action.terminal.split', 'split terminal'),
  rule('workbench.action.terminal.kill', '(kill|terminate|end|delete) [active] terminal', { danger: true }),
  rule('workbench.action.terminal.clear', ['clear terminal', 'clear (console|screen)']),
  rule('workbench.action.terminal.clear', 'clear (it|everything|output)', { only: ['terminal'] }),
  rule('workbench.action.terminal.focus', '(focus|go to|switch to|jump to) terminal'),
  rule('workbench.action.terminal.focusNext', '[(focus|go to|switch to)] next terminal'),
  rule('workbench.action.terminal.focusPrevious', '[(focus|go to|switch to)] previous terminal'),
  rule('workbench.action.terminal.scrollToBottom', [
    'scroll terminal to (bottom|end)',
    'scroll [down] to bottom of terminal',
  ]),
  rule(
    'workbench.action.terminal.scrollToBottom',
    ['(scroll|go|jump) [down] to [very] (bottom|end) [of terminal]', 'scroll all way down'],
    { only: ['terminal'] },
  ),
  rule(
    'workbench.action.terminal.scrollToTop',
    ['(scroll|go|jump) [up] to [very] (top|beginning|start) [of terminal]', 'scroll all way up'],
    { only: ['terminal'] },
  ),
  rule('workbench.action.terminal.scrollToTop', ['scroll terminal to (top|beginning)']),
  rule('workbench.action.terminal.selectAll', 'select (all|everything)', { only: ['terminal'] }),
  rule(
    'workbench.action.terminal.sendSequence',
    [
      '(run|execute) in [integrated] terminal <shell>',
      'in [integrated] terminal (run|execute) <shell>',
      '(run|execute) <shell> in [integrated] terminal',
      '(run|execute) command <shell>',
    ],
    { args: { text: '$shell\r' }, danger: true, title: 'Run in Terminal' },
  ),
  rule(
    'workbench.action.terminal.sendSequence',
    ['(type|write|enter) in [integrated] terminal <shell>', 'in [integrated] terminal (type|write) <shell>'],
    {
      args: { text: '$shell' },
      danger: true,
      title: 'Type in Terminal',
    },
  ),
  rule(
    'workbench.action.terminal.runSelectedText',
    'run (selection|selected text|selected code|selected lines) in terminal',
    { danger: true },
  ),
  rule('workbench.action.terminal.runActiveFile', 'run [(active|current)] file in terminal', { danger: true }),
];
