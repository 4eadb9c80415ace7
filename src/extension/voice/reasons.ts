/** Why nothing was done, in words, and what helps. */
import type { ListenWarning, NothingReason, SilentReason } from '../../protocol';

export interface Reason {
  /** Short, for the status bar. */
  readonly short: string;
  readonly help: string;
}

const reasons: Readonly<Record<SilentReason | NothingReason, Reason>> = {
  no_sound: {
    short: 'no sound from the microphone',
    help: 'It may be muted, or the system may not let the editor use it. Run “Pteron: Choose Microphone” for another.',
  },
  too_short: {
    short: 'too short',
    help: 'Hold the key while you speak, or tap it once before and once after.',
  },
  no_speech: { short: 'nobody spoke', help: 'There was sound, and no speech in it. Speak closer to the microphone.' },
  unsure: {
    short: 'not understood',
    help: 'The model does not trust what it heard. Speak more slowly, with less noise around you, or choose a larger speech model.',
  },
  empty: { short: 'no words', help: 'What was heard had no words in it.' },
  noise: { short: 'noise only', help: 'What was heard were noises and fillers.' },
  dismissed: { short: 'taken back', help: 'You took it back while speaking.' },
  negated: { short: 'you said not to', help: 'What begins with “don’t” is never done.' },
  unknown_symbol: { short: 'no such symbol', help: 'The open file has no symbol that sounds like it.' },
  unknown_file: { short: 'no such file', help: 'The workspace has no file that sounds like it.' },
  line_out_of_range: { short: 'no such line', help: 'The open file ends before it.' },
  no_document: { short: 'no file is open', help: 'Open a file first.' },
  no_match: {
    short: 'no command fits',
    help: 'Say “type …” to have it written as it is. “Pteron: Voice Cheat Sheet” shows what can be said.',
  },
};

export function reasonFor(reason: SilentReason | NothingReason): Reason {
  return reasons[reason];
}

const warnings: Readonly<Record<ListenWarning, string>> = {
  no_sound: 'The microphone gives no sound. Is it muted?',
  too_loud: 'It is too loud. Move away from the microphone.',
  device_changed: 'The microphone changed.',
};

export function warningText(warning: ListenWarning): string {
  return warnings[warning];
}
