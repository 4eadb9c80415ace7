import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a child may clean up after an interrupt before it is ended. */
const patienceMs = 15_000;
const keptLines = 40;

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

export interface ChildResult {
  /** Exit status; null where a signal ended the child. */
  readonly status: number | null;
  /** The last lines of both streams. */
  readonly tail: string;
  readonly stderr: string;
}

/**
 * Runs a program, line by line of its standard output. An abort interrupts it as Ctrl+C would and waits for its end, so that it
 * can clean up; then the signal's reason is thrown.
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const { env, signal, onLine } = options;
  signal.throwIfAborted();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [tail, errors]: [string[], string[]] = [[], []];
  const keep = (lines: string[], line: string) => void (lines.push(line) > keptLines && lines.shift());
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(tail, line);
    onLine?.(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    keep(tail, line);
    keep(errors, line);
  });
  let patience: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill('SIGINT');
    patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return { status, tail: tail.join('\n'), stderr: errors.join('\n') };
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', interrupt);
  }
}
