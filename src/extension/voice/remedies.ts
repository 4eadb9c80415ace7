/** Which button helps against which failure. */
import type { ErrorCode } from '../../protocol';

export interface Remedy {
  readonly label: string;
  readonly command: string;
  readonly argument?: string;
}

const log: Remedy = { label: 'Show Log', command: 'pteron.showLog' };
const microphones: Remedy = { label: 'Choose Microphone', command: 'pteron.voice.chooseMicrophone' };
const again: Remedy = { label: 'Speak Again', command: 'pteron.voice.toggle' };

const macPrivacy = 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone';

export function remediesFor(code: ErrorCode, platform: NodeJS.Platform): readonly Remedy[] {
  switch (code) {
    case 'microphone_denied':
      if (platform !== 'darwin') return [microphones, log];
      return [{ label: 'Open System Settings', command: 'vscode.open', argument: macPrivacy }, microphones];
    case 'microphone_unavailable':
    case 'microphone_busy':
      return [microphones, again];
    case 'model_not_found':
    case 'model_role_mismatch':
      return [
        { label: 'Choose Speech Model', command: 'pteron.voice.chooseModel' },
        { label: 'Open Settings', command: 'workbench.action.openSettings', argument: 'pteron.home' },
      ];
    case 'engine_exited':
      return [again, log];
    case 'invalid_argument':
      return [{ label: 'Open Settings', command: 'workbench.action.openSettings', argument: 'pteron.voice' }, log];
    case 'command_failed':
      return [];
    default:
      return [log];
  }
}
