/** Pteron's own: completion, chat, and what speech does with itself. */
import { rule } from '../rule';

const suggestion = '(suggestion|completion|ghost text)';

export const completion = [
  rule('editor.action.inlineSuggest.commit', [
    `(accept|take|use|apply) [(${suggestion}|it|that|all)]`,
    `tab [to] accept`,
  ]),
  rule('editor.action.inlineSuggest.acceptNextWord', [`(accept|take) [(next|one)] word`]),
  rule('editor.action.inlineSuggest.acceptNextLine', [`(accept|take) [(next|one)] line`]),
  rule('editor.action.inlineSuggest.showNext', [`[show] [me] (next|another|different) ${suggestion}`, 'another one']),
  rule('editor.action.inlineSuggest.showPrevious', `[show] [me] (previous|last) ${suggestion}`),
  rule('editor.action.inlineSuggest.hide', [
    `(reject|hide|dismiss|decline|ignore|cancel) ${suggestion}`,
    '(reject|decline|dismiss) [(it|that)]',
  ]),
  rule('editor.action.inlineSuggest.trigger', [
    '(complete|autocomplete) [(it|code|line|here)]',
    'suggest [(something|code)]',
    `(trigger|make|give [me]|get) [a] [inline] ${suggestion}`,
    `show ${suggestion}`,
  ]),
  rule('pteron.completion.toggle', ['(toggle|turn on|turn off|enable|disable) (suggestions|completions|completion)']),
  rule('pteron.snooze', ['snooze [(suggestions|completions|pteron)]']),
  rule('pteron.endSnooze', ['(end|stop) snooze', 'wake up']),
  rule('pteron.completion.chooseModel', '(choose|change|pick|switch) completion model'),
];

export const chat = [
  rule('pteron.openChat', ['[(open|show|focus|go to|switch to)] chat [(view|panel|window)]', '(open|show) pteron']),
  rule('pteron.chat.new', [
    '[(start|open|begin|create)] [a] new (chat|conversation)',
    '(clear|reset) (chat|conversation)',
  ]),
  rule('pteron.chat.history', [
    '[(show|open)] (earlier|previous|old) (chats|conversations)',
    '[(show|open)] chat history',
  ]),
  rule('pteron.chat.chooseModel', '(choose|change|pick|switch) [chat] model'),
  rule(
    'pteron.voice.ask',
    ['ask [(pteron|chat|assistant|model)] [to|whether|about] <text>', '(chat|pteron) (please|tell me) <text>'],
    {
      args: { text: '$text' },
      only: ['editor', 'terminal'],
    },
  ),
  rule(
    'pteron.voice.ask',
    '{text:explain this|explain this code|explain this function|explain this file|explain selection|explain this error}',
    {
      args: { text: '$text' },
      only: ['editor', 'terminal'],
    },
  ),
  rule('pteron.voice.send', ['(send|submit) [(it|message|question|that|now)]', 'send off'], { only: ['chat'] }),
  rule('pteron.voice.stop', ['stop [(generating|answering|answer|talking|it)]', 'cancel answer'], { only: ['chat'] }),
];

export const speech = [rule('pteron.voice.scratch', ['scratch (that|it|this|dat)', 'strike that', 'undo dictation'])];
