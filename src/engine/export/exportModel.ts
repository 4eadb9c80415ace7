/** A checkpoint → a verified model in the store, by the exporter in its own Python environment. */
import { delimiter, join } from 'node:path';
import { type ErrorCode, errorCodes, PteronError } from '../../protocol';
import { type InstalledModel, type ModelStore, readModelFolder } from '../models/store';
import { runChild } from './childProcess';
import { ensureEnvironment } from './environment';
import { commandLine, exporterFolder, resolveCache } from './places';

/** What the exporter takes besides the source; it checks the values itself. */
export interface ExportOptions {
  readonly id?: string;
  readonly role?: string;
  readonly quantize?: string;
  readonly group?: string;
  readonly dtype?: string;
  readonly context?: string;
  readonly kv?: string;
  readonly out?: string;
  readonly verify?: boolean;
}

export interface ExportProgress {
  readonly text: string;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

export interface ExportTools {
  readonly store: ModelStore;
  /** The addon's path, with which the program is tried out; undefined where there is none. */
  readonly addon: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** What is printed by `--dry-run`: as the exporter says it. */
export type ExportPlan = Readonly<Record<string, unknown>>;

/** One line of the exporter's standard output with --events. */
interface Event {
  readonly progress?: ExportProgress;
  readonly done?: { readonly folder: string };
  readonly plan?: ExportPlan;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** @throws every code that export/pteron_export/errors.py names; nothing is in the store then that was not before */
export async function exportModel(source: string, options: ExportOptions, tools: ExportTools): Promise<InstalledModel> {
  const { done } = await runExporter(source, exporterArguments(options), tools);
  if (done === undefined) throw failed('The exporter ended without a model.');
  return readModelFolder(done.folder);
}

/** What an export would do and need. */
export async function planExport(source: string, options: ExportOptions, tools: ExportTools): Promise<ExportPlan> {
  const { plan } = await runExporter(source, [...exporterArguments(options), '--dry-run'], tools);
  if (plan === undefined) throw failed('The exporter ended without a plan.');
  return plan;
}

async function runExporter(source: string, args: readonly string[], tools: ExportTools): Promise<Event> {
  const { store, addon, signal, onProgress, env = process.env } = tools;
  const [cache, exporter, cli] = [resolveCache(env), exporterFolder(), commandLine()];
  const say = (text: string) => onProgress({ text });
  const requirements = join(exporter, 'requirements.txt');
  const python = await ensureEnvironment({ cache, requirements, env, signal, onProgress: say });
  let last: Event = {};
  const { status, stderr } = await runChild(python, ['-m', 'pteron_export', source, ...args, '--events'], {
    env: {
      ...env,
      PYTHONPATH: [exporter, env.PYTHONPATH].filter(Boolean).join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1', // the package may lie in an extension's folder
      PTERON_HOME: store.home,
      PTERON_CACHE: cache,
      PTERON_NODE: process.execPath,
      ...(cli ? { PTERON_CLI: cli } : {}),
      ...(addon ? { PTERON_ADDON: addon } : {}),
    },
    signal,
    onLine: (line) => {
      const event = parseEvent(line);
      if (event.progress) onProgress(event.progress);
      else last = { ...last, ...event };
    },
  });
  if (last.error) throw new PteronError(codeOf(last.error.code), last.error.message, last.error.remedy);
  if (status === 2) throw usage(stderr);
  if (status !== 0)
    throw failed(`The exporter ended with ${status === null ? 'a signal' : `status ${status}`}.`, stderr);
  return last;
}

function exporterArguments({ verify, ...options }: ExportOptions): string[] {
  const given = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}=${value}`] : []));
  return verify === false ? [...given, '--no-verify'] : given;
}

function parseEvent(line: string): Event {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    return {}; // a library's own words
  }
}

/** argparse's last line: `pteron_export: error: argument --dtype: invalid choice: …`. */
function usage(stderr: string): PteronError {
  const why = /error: (.+)$/.exec(stderr.trim())?.[1] ?? 'The exporter does not take these options.';
  return new PteronError('invalid_argument', `${why.replace(/^argument /, '')}.`, 'See pteron export --help.');
}

const codeOf = (code: string): ErrorCode => (errorCodes.includes(code as ErrorCode) ? (code as ErrorCode) : 'internal');

function failed(message: string, stderr = ''): PteronError {
  const why = stderr.trim().split('\n').at(-1) ?? '';
  return new PteronError('internal', `${message} ${why}`.trim(), 'Set PTERON_DEBUG=1 for its trace, and report it.');
}
