/** Runs one external command: all output to a log, its last line to the progress line, its end as a SetupError. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { commandFailed, SetupError } from './errors.mjs';

const tailLines = 25;
const running = new Set();

/** Ends what is running and all that it started, for a set-up that is being stopped itself. */
export function stopCommands() {
  for (const { pid } of running) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // already gone
    }
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, logFile: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void,
 *   where?: string, needed?: number }} options `where` is written to and `needed` bytes of it: for a message about a full disk
 */
export async function runCommand(command, args, { cwd, logFile, env, onLine, where = cwd, needed }) {
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  log.on('error', () => {}); // a full disk must not hide the command's own failure
  log.write(`\n$ ${command} ${args.join(' ')}\n`);
  const tail = [];
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    child.on('close', () => running.delete(child));
    const take = lineSplitter((line) => {
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      onLine?.(line);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        log.write(data);
        take(data.toString());
      });
    }
    child.on('error', (error) => reject(spawnFailed(command, error)));
    child.on('close', (code, signal) => resolve(signal ?? code));
  }).finally(() => log.end());
  if (status !== 0) {
    const what = `${command.split('/').pop()} ${args.slice(0, 3).join(' ')}`;
    throw commandFailed(what, typeof status === 'number' ? `status ${status}` : status, tail.join('\n'), {
      where,
      needed,
      logFile,
    });
  }
}

function spawnFailed(command, error) {
  if (error.code !== 'ENOENT') return error;
  return new SetupError('tool_missing', `${command} is not installed.`, 'Install it and run the same command again.', {
    cause: error,
  });
}

function lineSplitter(onLine) {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) onLine(line);
  };
}

/** Standard output of a quick check, or undefined where the command is missing or fails. */
export function probe(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', ...options });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

export const isInstalled = (tool) => probe('sh', ['-c', `command -v ${tool}`]) !== undefined;
