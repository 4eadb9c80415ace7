/** What the extension's parts log to. The output channel implements it; tests collect lines. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

export type LogLevel = keyof Log;
const order: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Writes time-stamped lines of at least the wanted level. */
export function createLog(
  append: (line: string) => void,
  level: () => LogLevel,
  now: () => Date = () => new Date(),
): Log {
  const write = (of: LogLevel) => (message: string) => {
    if (order.indexOf(of) > order.indexOf(level())) return;
    append(`${now().toISOString().slice(11, 23)} [${of}] ${message}`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
