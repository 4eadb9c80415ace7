/**
 * Runs steps in order and skips those whose result is current. A step's stamp holds the hash of its inputs and is
 * written after its last action, so a run that was killed anywhere repeats at most the step it was in.
 */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './command.mjs';
import { diskFull, fromSystemError } from './errors.mjs';
import { hashText, writeFileAtomic } from './files.mjs';
import { Progress } from './progress.mjs';

/**
 * @typedef {import('./paths.mjs').Paths} Paths
 * @typedef {object} Step
 * @property {string} id names the stamp and the log
 * @property {string} title what a person reads
 * @property {'tree' | 'cache' | 'none'} scope where the stamp lies; 'none': `isCurrent` decides alone
 * @property {(paths: Paths) => unknown} [inputs] everything the result depends on, JSON-able (may be a promise)
 * @property {(paths: Paths) => string[]} [outputs] paths without which the result is not there
 * @property {(paths: Paths) => boolean} [isWhole] a closer look at the outputs, where existing is not enough
 * @property {(paths: Paths) => boolean} [isCurrent] adopts a result that carries no stamp
 * @property {number} [diskBytes] free space wanted before it starts
 * @property {(paths: Paths) => string} [diskAt] where; default the cache
 * @property {(context: Context) => Promise<string | void>} run returns what to print when done
 *
 * @typedef {object} Context
 * @property {Paths} paths
 * @property {Progress} progress
 * @property {(command: string, args: string[], options?: { cwd?: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void }) => Promise<void>} command
 */

const stampPath = (step, paths) => join(paths.stamps[step.scope], `${step.id}.json`);

function readStamp(step, paths) {
  try {
    return JSON.parse(readFileSync(stampPath(step, paths), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {Step} step @param {Paths} paths */
async function stampKey(step, paths) {
  return hashText(JSON.stringify([step.id, await step.inputs?.(paths)]));
}

/** @param {Step} step @param {Paths} paths @param {string} key */
function isCurrent(step, paths, key) {
  if (!(step.outputs?.(paths) ?? []).every((path) => existsSync(path))) return false;
  if (step.isWhole && !step.isWhole(paths)) return false;
  if (step.scope !== 'none' && readStamp(step, paths)?.key === key) return true;
  return step.isCurrent?.(paths) ?? false;
}

/** The nearest existing folder, whose disk is the one that `path` will be written to. */
function existingParent(path) {
  return existsSync(path) ? path : existingParent(dirname(path));
}

function checkSpace(step, paths) {
  if (!step.diskBytes) return;
  const where = step.diskAt?.(paths) ?? paths.cache;
  const { bavail, bsize } = statfsSync(existingParent(where));
  if (bavail * bsize < step.diskBytes) throw diskFull(where, step.diskBytes, bavail * bsize);
}

/**
 * @param {Step[]} steps
 * @param {Paths} paths
 * @param {{ stream?: NodeJS.WritableStream }} [options]
 * @returns {Promise<{ ran: string[], skipped: string[] }>}
 */
export async function runSteps(steps, paths, { stream = process.stdout } = {}) {
  const ran = [];
  const skipped = [];
  for (const [index, step] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${step.title}`;
    const key = await stampKey(step, paths);
    if (isCurrent(step, paths, key)) {
      skipped.push(step.id);
      stream.write(`${label}: up to date\n`);
      continue;
    }
    const progress = new Progress(label, stream);
    try {
      checkSpace(step, paths);
      if (step.scope !== 'none') await rm(stampPath(step, paths), { force: true });
      const done = await step.run(createContext(step, paths, progress));
      if (step.scope !== 'none') await writeFileAtomic(stampPath(step, paths), `${JSON.stringify({ key })}\n`);
      progress.finish(done ?? 'done');
      ran.push(step.id);
    } catch (error) {
      progress.fail();
      throw fromSystemError(error, step.diskAt?.(paths) ?? paths.cache, step.diskBytes);
    }
  }
  return { ran, skipped };
}

/** @returns {Context} */
function createContext(step, paths, progress) {
  const logFile = join(paths.logs, `${step.id}.log`);
  const target = { where: step.diskAt?.(paths) ?? paths.cache, needed: step.diskBytes };
  return {
    paths,
    progress,
    async command(command, args, options = {}) {
      await mkdir(paths.logs, { recursive: true });
      await runCommand(command, args, {
        cwd: paths.root,
        logFile,
        onLine: (line) => progress.text(line),
        ...target,
        ...options,
      });
    },
  };
}
