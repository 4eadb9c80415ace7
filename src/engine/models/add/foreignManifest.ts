import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { basename } from 'node:path';
import type { LanguageModelInfo, Program } from '../../native/addonTypes';
import { type Manifest, manifestVersion } from '../manifest';
import { tokenIds } from './json';
import { markersOf } from './markers';
import type { ForeignFiles } from './sources';

export interface ForeignModel {
  readonly manifest: Manifest;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Of a program that states no context: as much as a small model was surely trained for. */
const assumedContext = 2048;

/** model.json of a program that others exported, from its signature, its constant methods and the files beside it. */
export async function foreignManifest(
  files: ForeignFiles,
  program: Program,
  { id, role }: { id: string; role: 'completion' | 'chat' },
): Promise<ForeignModel> {
  const info = program.languageModel();
  const { model_type: family } = files.config;
  const { contract } = info;
  const second = { pteron: ['position', 'keep'], positions: ['positions'], start: ['start'] }[contract];
  const manifest: Manifest = {
    schemaVersion: manifestVersion,
    id,
    name: files.name,
    family: typeof family === 'string' ? family : 'unknown',
    role,
    backend: 'mlx',
    program: 'model.pte',
    data: files.data.map((_, i) => `data-${i + 1}.ptd`),
    contextLength: info.context ?? assumedContext,
    prefillChunk: info.chunk,
    maxLogitRows: info.rows,
    vocabularySize: info.vocabulary,
    slidingWindow: slidingWindow(files, program),
    parameters: null,
    dtype: activations(program),
    quantization: quantization(program),
    methods: { forward: { inputs: ['tokens', ...second], outputs: ['logits'] } },
    ...(await markersOf(files, program)),
    sampling: {},
    licence: { name: 'unknown' },
    source: { name: basename(files.program), revision: 'unknown', sha256: await sha256(files.program) },
  };
  return { manifest, notes: notesOn(program, info, manifest) };
}

function notesOn(program: Program, info: LanguageModelInfo, { contextLength, role }: Manifest): string[] {
  const [stated] = tokenIds(program.constant('get_max_ctx_len'));
  return [
    ...(info.context === null ? [`The program states no context length; ${contextLength} tokens are assumed.`] : []),
    ...(info.rewind === 'nowhere'
      ? ['Its KV cache cannot go back: whenever a text changes before its end, all of it is read again.']
      : []),
    ...(stated !== undefined && contextLength < stated
      ? [
          `Of its context of ${stated} tokens only ${contextLength} can be used: it counts positions from a sliding cache. ` +
            'Exported with --use-offgraph-cache it has all of them.',
        ]
      : []),
    ...(role === 'completion' ? ['It has no chat template, so it completes text and does not chat.'] : []),
  ];
}

function slidingWindow({ config }: ForeignFiles, program: Program): number | null {
  const stated = program.constant('get_windows');
  const windows = [...(Array.isArray(stated) ? stated : []), ...tokenIds(config.sliding_window)];
  return windows.find((window) => window > 0) ?? null;
}

function activations({ methods }: Program): Manifest['dtype'] {
  const logits = methods.find(({ name }) => name === 'forward')?.outputs[0]?.dtype;
  return logits === 'bfloat16' || logits === 'float16' ? logits : 'float32';
}

function quantization({ graphs }: Program): string {
  const kinds = graphs.flatMap(({ nodeCounts }) => Object.keys(nodeCounts));
  if (kinds.length === 0) return 'unknown';
  return kinds.some((kind) => /Quantize|Qmm/.test(kind)) ? 'quantized' : 'none';
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
