/**
 * Failures of set-up, each with a stable code, what happened, and what to do about it. Plain Node: no dependency may be
 * needed here, since node_modules can be absent.
 */

/** @typedef {'disk_full' | 'permission_denied' | 'network_unavailable' | 'hash_mismatch' | 'tool_missing' |
 *   'unsupported_platform' | 'invalid_argument' | 'command_failed' | 'interrupted'} SetupErrorCode */

export class SetupError extends Error {
  /**
   * @param {SetupErrorCode} code
   * @param {string} message what happened
   * @param {string} remedy what the user can do
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, remedy, options) {
    super(message, options);
    this.name = 'SetupError';
    this.code = code;
    this.remedy = remedy;
  }

  toString() {
    return `${this.code}: ${this.message} ${this.remedy}`;
  }
}

const retry = 'What was finished is kept: run the same command again to continue.';

export const formatBytes = (bytes) =>
  bytes >= 1e9
    ? `${(bytes / 1e9).toFixed(1)} GB`
    : bytes >= 1e6
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${Math.ceil(bytes / 1e3)} kB`;

/** @param {string} where @param {number} [needed] bytes @param {number} [free] bytes */
export function diskFull(where, needed, free, cause) {
  const figures = !needed
    ? ''
    : ` ${formatBytes(needed)} are needed${free === undefined ? '' : `, ${formatBytes(free)} are free`}.`;
  return new SetupError(
    'disk_full',
    `No space left at ${where}.${figures}`,
    `Free some space, or set PTERON_CACHE (and PTERON_HOME for models) to a folder on another disk. ${retry}`,
    { cause },
  );
}

const outputPatterns = [
  [/DO NOT MATCH THE HASHES|EINTEGRITY|sha\d+ mismatch/i, 'hash_mismatch'],
  [/No space left on device|ENOSPC|disk quota exceeded/i, 'disk_full'],
  [
    /NewConnectionError|ConnectTimeoutError|ReadTimeoutError|name resolution|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|Could not resolve|Failed to fetch|ProxyError|SSLError/i,
    'network_unavailable',
  ],
  [/EACCES|EPERM|EROFS|Permission denied|Read-only file system/i, 'permission_denied'],
];

/** The code that a failed command's output suggests. @param {string} output @returns {SetupErrorCode} */
export function classifyOutput(output) {
  return outputPatterns.find(([pattern]) => pattern.test(output))?.[1] ?? 'command_failed';
}

const remedies = {
  hash_mismatch: `What was downloaded is not what the project pins, so it was discarded. ${retry} If it happens twice, a proxy or mirror alters files.`,
  network_unavailable: `Set-up needs the package registries (npm and PyPI, Debian's for system packages): check the connection and proxy settings. ${retry}`,
  permission_denied: `Make the folder writable, or set PTERON_CACHE and PTERON_HOME to folders that you own. ${retry}`,
  command_failed: `The log holds all of its output. ${retry}`,
};

/** A command of ours that ended with another status than 0. */
export function commandFailed(what, status, tail, { where, needed, logFile }) {
  const code = classifyOutput(tail);
  if (code === 'disk_full') return diskFull(where, needed);
  return new SetupError(code, `${what} failed (${status}). Log: ${logFile}.\n${tail}\n`, remedies[code]);
}

/** Turns a system error of Node (ENOSPC, EACCES, …) into a SetupError; leaves others as they are. */
export function fromSystemError(error, where, needed) {
  if (error instanceof SetupError) return error;
  const code = error?.code;
  const at = error?.path ?? where;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(at, needed, undefined, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SetupError('permission_denied', `${at} cannot be written.`, remedies.permission_denied, {
      cause: error,
    });
  }
  return error;
}

export const hashMismatch = (what, expected, actual) =>
  new SetupError('hash_mismatch', `${what}: SHA-256 is ${actual}, expected ${expected}.`, remedies.hash_mismatch);

/** Prints `code: message remedy` and ends with status 1; a defect of ours keeps its stack. */
export function exitWithError(error) {
  process.stderr.write(`${error instanceof SetupError ? error.toString() : `internal: ${error.stack}`}\n`);
  process.exit(1);
}
