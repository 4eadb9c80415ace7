import type { NothingReason, SpokenCommand, SpokenOutcome } from '../../../protocol';
import type { Dictated } from '../dictation/dictate';
import type { SpeechContext } from './context';

/** Below it a command is shown before it is done. */
const surely = 0.75;

export function none(reason: NothingReason, detail: string): SpokenOutcome {
  return { kind: 'none', reason, detail };
}

export function asRun(command: SpokenCommand): SpokenOutcome {
  if (command.dangerous) return { kind: 'confirm', why: 'dangerous', command };
  return command.confidence >= surely ? { kind: 'run', command } : { kind: 'confirm', why: 'uncertain', command };
}

/** Dictated text. In a terminal a new line would run what stands there, so that is a command that asks first. */
export function insertion({ text, confidence, takenBack }: Dictated, { focus }: SpeechContext): SpokenOutcome {
  if (text === '')
    return none(takenBack ? 'dismissed' : 'empty', takenBack ? 'It was taken back.' : 'Nothing is left to insert.');
  if (focus === 'terminal' && text.includes('\n'))
    return { kind: 'confirm', why: 'dangerous', command: terminalCommand(text) };
  return { kind: 'insert', text, confidence: Math.round(confidence * 1000) / 1000 };
}

function terminalCommand(text: string): SpokenCommand {
  return {
    command: 'workbench.action.terminal.sendSequence',
    title: `Run in Terminal: ${text.trim()}`,
    args: { text: text.replaceAll('\n', '\r') },
    confidence: 1,
    dangerous: true,
    source: 'grammar',
  };
}
