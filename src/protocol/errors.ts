/**
 * Every failure that a user can meet, as a closed union of codes.
 * The code is stable (scripts and tests match on it); the message says what happened, the remedy what to do about it.
 */
export const errorCodes = [
  // model files
  'model_not_found', // no model with that id, or no such path
  'model_invalid', // model.json is missing, unreadable or contradicts itself
  'program_missing', // the .pte named by model.json is not there
  'program_invalid', // not a .pte, truncated, or damaged
  'program_unsupported', // a node, backend or signature that this build cannot run (the message names it)
  'unsupported_cache', // its KV cache lies outside its graph, which the delegate of this platform cannot serve
  'tokenizer_invalid', // tokenizer.json is missing, damaged or does not fit the program's vocabulary
  'template_invalid', // chat_template.jinja does not render
  // requests
  'invalid_argument', // a parameter is of the wrong type or out of range
  'cursor_out_of_range', // line or column outside the file
  'prompt_too_long', // chat only: even the newest message alone exceeds the context
  'model_role_mismatch', // e.g. a chat with a completion-only model
  'file_not_found', // an input file of the command line
  'speech_unavailable', // audio was given, but no speech model is installed
  'audio_invalid', // a sound file is damaged, empty or of a kind that is not read
  'audio_too_long', // a sound file lasts longer than what is recognized at a time
  'microphone_unavailable', // no input device, or it cannot be opened
  'microphone_denied', // the system does not let the editor use the microphone
  'microphone_busy', // it is listening already
  'command_failed', // a spoken command cannot be carried out where the user is
  // machine
  'out_of_memory', // the model needs more than the memory limit or the machine has
  'disk_full', // no space left while writing
  'gpu_unavailable', // an NVIDIA GPU was asked for, or libmlx for it is installed, and the CPU has to do
  'addon_missing', // the native addon is not built, or not for this platform
  'inference_failed', // the runtime reported an error; the session was reset
  // exporting
  'python_missing', // no Python from 3.11 to 3.14 with venv
  'environment_failed', // the exporter's Python environment cannot be made
  'network_unavailable', // the Hub or the package index cannot be reached
  'access_denied', // the Hub wants a token, or the licence accepted
  'repository_not_found', // the Hub has no such repository, revision or file
  'download_damaged', // what arrived is not what the Hub announced
  // life cycle
  'disposed', // use after dispose
  'session_poisoned', // an earlier error left the session unusable until reset
  'engine_exited', // the engine process ended in mid-request
  'internal', // a defect of ours
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What crosses the process boundary in a JSON-RPC error's `data`. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly remedy: string;
}

/** An error with a stable code and a remedy. `message` never contains the remedy. */
export class PteronError extends Error {
  override readonly name = 'PteronError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** `code: message. remedy`, as the command line prints it. */
  override toString(): string {
    return `${this.code}: ${this.message} ${this.remedy}`.trim();
  }

  toData(): ErrorData {
    return { code: this.code, remedy: this.remedy };
  }
}

export function isErrorData(value: unknown): value is ErrorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    errorCodes.includes((value as { code?: ErrorCode }).code as ErrorCode) &&
    typeof (value as { remedy?: unknown }).remedy === 'string'
  );
}
