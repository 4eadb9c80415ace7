/** How a tokenizer.json writes bytes in its vocabulary: GPT-2's printable alphabet, or text with `<0xNN>` fallbacks. */
export type VocabularyEncoding = 'byteLevel' | 'sentencePiece';

interface DecoderJson {
  readonly type?: string;
  readonly decoders?: readonly DecoderJson[];
}

/** Which of the two a tokenizer uses, from its `decoder`; null where it is neither. */
export function vocabularyEncoding(decoder: DecoderJson | null | undefined): VocabularyEncoding | null {
  const types = [decoder, ...(decoder?.decoders ?? [])].map((part) => part?.type);
  if (types.includes('ByteLevel')) return 'byteLevel';
  return types.some((type) => type === 'ByteFallback' || type === 'Metaspace') ? 'sentencePiece' : null;
}

/** GPT-2's bijection of the 256 bytes to printable characters (`bytes_to_unicode` in OpenAI's encoder.py), reversed. */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const map = new Map<string, number>();
  let shifted = 256;
  for (let byte = 0; byte < 256; byte++) map.set(String.fromCharCode(printable(byte) ? byte : shifted++), byte);
  return map;
})();

const utf8 = new TextEncoder();

/** The bytes that a vocabulary entry stands for. */
export function tokenBytes(token: string, encoding: VocabularyEncoding): Uint8Array {
  if (encoding === 'byteLevel') {
    const bytes = [...token].map((character) => byteOfCharacter.get(character));
    return bytes.includes(undefined) ? utf8.encode(token) : Uint8Array.from(bytes as number[]);
  }
  const fallback = /^<0x([0-9A-F]{2})>$/.exec(token);
  return fallback ? Uint8Array.of(parseInt(fallback[1]!, 16)) : utf8.encode(token.replaceAll('▁', ' '));
}
