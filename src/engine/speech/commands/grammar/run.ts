import { rule } from '../rule';

export const run = [
  rule('workbench.action.debug.start', [
    '(start|begin) [(debugging|debugger|debug session)]',
    'debug [(it|program|file|code)]',
    'run [with] debugger',
  ]),
  rule('workbench.action.debug.run', [
    'run [(it|code|program|app|application|project)] [without debugging]',
    'start without debugging',
    'start (program|app|application)',
  ]),
  rule('workbench.action.debug.stop', ['stop [(debugging|debugger|program|app|application|running|it)]']),
  rule('workbench.action.debug.restart', 'restart [(debugging|debugger|program)]'),
  rule('workbench.action.debug.continue', [
    'continue [(debugging|execution|running|program|debugger)]',
    'resume [(debugging|execution)]',
  ]),
  rule(
    'workbench.action.debug.continue',
    ['(continue|run|go|resume) [on] (to|until) next breakpoint', 'keep (going|running)'],
    { only: ['editor', 'terminal'] },
  ),
  rule('workbench.action.debug.pause', 'pause [(debugging|debugger|execution)]'),
  rule('workbench.action.debug.stepOver', 'step over [(it|call|line|function|method)]'),
  rule('workbench.action.debug.stepInto', 'step (into|in|in to) [(it|call|line|function|method)]'),
  rule('workbench.action.debug.stepOut', 'step (out|out of [(it|call|function|method)])'),
  rule('editor.debug.action.toggleBreakpoint', [
    '[(toggle|set|add|put|remove|clear)] breakpoint [here|on [current] line]',
    '[(toggle|set|add|put|remove|clear)] breakpoint (on|at|in) <lines>',
  ]),
  rule('editor.debug.action.conditionalBreakpoint', '[add] conditional breakpoint'),
  rule('workbench.debug.viewlet.action.removeAllBreakpoints', '(remove|clear|delete) all breakpoints', {
    danger: true,
  }),
  rule('editor.debug.action.runToCursor', 'run to cursor'),
  rule('workbench.debug.action.toggleRepl', '[(show|open|toggle)] debug console'),
  rule('workbench.view.debug', ['(show|open) (debug|debugger|run and debug) [(view|panel)]']),
  rule('testing.runAll', ['(run|execute) [all] [of] [(unit)] tests', 'test (everything|all)']),
  rule('testing.runAtCursor', [
    'run (this|nearest|current) test',
    'run only this test',
    'run test [(at|under)] [cursor]',
    'run test',
  ]),
  rule('testing.runCurrentFile', [
    'run [all] tests (in|of|from) [(this|current)] file',
    'run [(this|current)] file tests',
    'test [(this|current)] file',
  ]),
  rule('testing.reRunFailTests', [
    '(rerun|run|repeat|retry) [(all|only)] (failed|failing|broken) tests [again]',
    '(rerun|run|retry) tests that (failed|are failing) [again]',
  ]),
  rule('testing.reRunLastRun', ['(rerun|repeat) (last|tests) [run]', 'run [last] tests again']),
  rule('testing.debugAtCursor', ['debug (this|nearest|current) test', 'debug test [(at|under)] [cursor]']),
  rule('workbench.view.extension.test', '(show|open) (tests|test explorer|testing) [view]'),
  rule('workbench.action.tasks.runTask', ['run [a] task', '(show|list) tasks']),
  rule('workbench.action.tasks.runTask', ['run task <text>', 'run <text> task'], { args: '$text', danger: true }),
  rule('workbench.action.tasks.build', ['build [(it|project|app|everything)]', 'run build [task]']),
  rule('workbench.action.tasks.test', 'run test task'),
  rule('workbench.action.tasks.terminate', '(stop|terminate|kill) [running] task', { danger: true }),
];
