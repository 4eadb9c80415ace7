/** What a tokenizer's files and the program say about its marker tokens. */
import type { Program } from '../../native/addonTypes';
import { tokenizerInvalid } from '../errors';
import type { Manifest } from '../manifest';
import { type JsonObject, isTokenId, readJson, tokenIds } from './json';
import type { ForeignFiles } from './sources';

/** Tokens that end an answer wherever a vocabulary has them, declared or not; as in export/. */
const endTokens = [
  '<end_of_turn>',
  '<|im_end|>',
  '<|end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '<eos>',
  '</s>',
];
const fimMarkers = ['<|fim_#|>', '<fim_#>', '<fim-#>'].map((form) =>
  ['prefix', 'suffix', 'middle'].map((part) => form.replace('#', part)),
);

export type Markers = Pick<Manifest, 'tokens' | 'fim'>;

/** @throws tokenizer_invalid */
export async function markersOf(files: ForeignFiles, program: Program): Promise<Markers> {
  const invalid = (why: string, cause?: unknown) => tokenizerInvalid(files.tokenizer, why, cause);
  const tokenizer = await readJson(files.tokenizer, invalid);
  const special = specialTokens(tokenizer);
  const bos = bosOf(files, program, special);
  const eos = eosOf(files, program, special);
  if (eos.length === 0) {
    throw invalid('nothing says which token ends a text (eos_token_id in generation_config.json or config.json)');
  }
  return { tokens: { bos, eos, addBos: bos !== null && addsBos(files, tokenizer, bos, special) }, fim: fimOf(special) };
}

/** Spelling → id. */
function specialTokens({ added_tokens: added }: JsonObject): Map<string, number> {
  const tokens = Array.isArray(added) ? (added as JsonObject[]) : [];
  return new Map(
    tokens.flatMap((token) =>
      typeof token?.content === 'string' && isTokenId(token.id) ? [[token.content, token.id]] : [],
    ),
  );
}

/** tokenizer_config.json spells a marker, or wraps its spelling in an object. */
function spelled(value: unknown, special: ReadonlyMap<string, number>): number[] {
  const spelling = typeof value === 'object' && value !== null ? (value as JsonObject).content : value;
  return tokenIds(special.get(String(spelling)));
}

function bosOf(files: ForeignFiles, program: Program, special: ReadonlyMap<string, number>): number | null {
  const { tokenizerConfig, generationConfig, config } = files;
  const candidates = [
    ...spelled(tokenizerConfig.bos_token, special),
    ...tokenIds(generationConfig.bos_token_id),
    ...tokenIds(config.bos_token_id),
    ...tokenIds(program.constant('get_bos_id')),
  ];
  return candidates[0] ?? null;
}

function eosOf(files: ForeignFiles, program: Program, special: ReadonlyMap<string, number>): number[] {
  const { tokenizerConfig, generationConfig, config } = files;
  const ids = [
    ...spelled(tokenizerConfig.eos_token, special),
    ...tokenIds(generationConfig.eos_token_id),
    ...tokenIds(config.eos_token_id),
    ...tokenIds(program.constant('get_eos_ids')),
    ...tokenIds(program.constant('get_eos_id')),
    ...endTokens.flatMap((spelling) => tokenIds(special.get(spelling))),
  ];
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** Said outright, or by a post-processor that begins every text with it. */
function addsBos(
  { tokenizerConfig }: ForeignFiles,
  tokenizer: JsonObject,
  bos: number,
  special: ReadonlyMap<string, number>,
): boolean {
  if (typeof tokenizerConfig.add_bos_token === 'boolean') return tokenizerConfig.add_bos_token;
  return postProcessors(tokenizer.post_processor).some(({ type, single }) => {
    const first =
      type === 'TemplateProcessing' && Array.isArray(single) ? (single[0] as JsonObject | undefined) : undefined;
    const marker = first?.SpecialToken as JsonObject | undefined;
    return marker !== undefined && special.get(String(marker.id)) === bos;
  });
}

function postProcessors(value: unknown): JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const { processors } = value as JsonObject;
  return Array.isArray(processors) ? processors.flatMap(postProcessors) : [value as JsonObject];
}

function fimOf(special: ReadonlyMap<string, number>): Manifest['fim'] {
  for (const spellings of fimMarkers) {
    const [prefix, suffix, middle] = spellings.map((spelling) => special.get(spelling));
    if (prefix !== undefined && suffix !== undefined && middle !== undefined)
      return { prefix, suffix, middle, order: 'psm' };
  }
  return null;
}
