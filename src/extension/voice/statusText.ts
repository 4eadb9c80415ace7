/** What the status bar's microphone says. */
import { reasonFor, warningText } from './reasons';
import type { Listening, SpokenResult, VoiceState } from './state';

export interface VoiceStatus {
  /** With codicons. */
  readonly text: string;
  /** Plain text. */
  readonly detail: string;
  readonly severity: 'normal' | 'warning' | 'error';
  /** The text that is shown is news: it is gone after a while. */
  readonly passing: boolean;
}

const bars = '▁▂▃▄▅▆▇█';
const meterWidth = 6;
const longestShown = 40;

export function voiceStatusOf(state: VoiceState, key: string): VoiceStatus {
  if (state.kind !== 'idle') return listeningStatus(state, key);
  const idle = { text: '$(mic)', detail: `Hold ${key} and speak, or tap it before and after.` };
  return state.last ? resultStatus(state.last, idle) : { ...idle, severity: 'normal', passing: false };
}

/** Of always the same width, so that nothing beside it moves. */
export function meter(levels: readonly number[]): string {
  const shown = [...Array<number>(meterWidth).fill(0), ...levels].slice(-meterWidth);
  return shown.map((level) => bars[Math.min(bars.length - 1, Math.max(0, Math.floor(level * bars.length)))]).join('');
}

function listeningStatus(state: Listening, key: string): VoiceStatus {
  const whole = { passing: false, severity: state.warning ? 'warning' : 'normal' } as const;
  const detail = state.warning
    ? warningText(state.warning)
    : `Let go of ${key} when you are done. Escape throws it away.`;
  const warning = state.warning && warningText(state.warning);
  switch (state.kind) {
    case 'opening':
      return { ...whole, text: '$(loading~spin) Opening the microphone', detail: 'Wait until it listens.' };
    case 'listening':
      return { ...whole, text: `$(mic-filled) ${meter(state.levels)} ${warning ?? 'Listening'}`, detail };
    case 'speech':
      return {
        ...whole,
        text: `$(record) ${meter(state.levels)} ${warning ?? `${Math.floor(state.seconds)} s`}`,
        detail,
      };
    case 'thinking':
      return { ...whole, text: '$(loading~spin) Understanding', detail: 'What you said is being understood.' };
  }
}

function resultStatus(result: SpokenResult, idle: { text: string; detail: string }): VoiceStatus {
  const news = { severity: 'normal', passing: true } as const;
  switch (result.kind) {
    case 'inserted':
      return { ...news, text: '$(mic) $(check)', detail: 'Say “scratch that” to take it back.' };
    case 'unplaced':
      return {
        ...news,
        severity: 'warning',
        text: '$(mic) No place for it',
        detail: 'Its place is gone. It can be copied.',
      };
    case 'ran':
      return { ...news, text: `$(mic) $(check) ${shortened(result.title)}`, detail: `Done: ${result.title}.` };
    case 'declined':
      return { ...news, text: '$(mic) Not run', detail: `${result.title} was not run.` };
    case 'cancelled':
      return { ...news, text: '$(mic) Thrown away', detail: 'What you said was thrown away.' };
    case 'failed':
      return {
        ...news,
        severity: 'error',
        text: '$(mic) $(error) Failed',
        detail: `${result.error.message} ${result.error.remedy}`,
      };
    case 'nothing': {
      const { short, help } = reasonFor(result.reason);
      const detail = [result.detail, help].filter((part) => part !== '').join(' ');
      return { ...news, severity: 'warning', text: `$(mic) Nothing done: ${short}`, detail: detail || idle.detail };
    }
  }
}

function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}
