/** What engine and capture process say to each other, over fork IPC with structured clones. */
import type { ErrorCode, Microphone } from '../../../protocol';

export type ToCapture =
  | { readonly type: 'list'; readonly request: number }
  /** Ends the session before. Everything that is heard carries its number, so that nothing of an earlier one is taken for it. */
  | { readonly type: 'open'; readonly session: number; readonly microphone?: string | undefined }
  | { readonly type: 'close' };

export type FromCapture =
  | { readonly type: 'devices'; readonly request: number; readonly microphones: readonly Microphone[] }
  | { readonly type: 'opened'; readonly session: number; readonly microphone: Microphone; readonly asWished: boolean }
  /** 16 kHz. */
  | { readonly type: 'samples'; readonly session: number; readonly samples: Int16Array }
  | { readonly type: 'changed'; readonly session: number; readonly microphone: Microphone }
  /** `request` or `session`: what failed. */
  | { readonly type: 'failed'; readonly request?: number; readonly session?: number; readonly failure: CaptureFailure };

export interface CaptureFailure {
  readonly code: Extract<ErrorCode, 'microphone_unavailable' | 'microphone_denied'>;
  readonly why: string;
}
