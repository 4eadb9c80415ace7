import { describe, expect, it } from 'vitest';
import { tokenBytes, vocabularyEncoding } from '../../../../src/engine/text/tokenBytes';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('the bytes of a vocabulary entry', () => {
  it('undoes GPT-2’s printable alphabet', () => {
    expect(text(tokenBytes('Ġreturn', 'byteLevel'))).toBe(' return');
    expect(text(tokenBytes('ĊĠĠĠ', 'byteLevel'))).toBe('\n   ');
    expect(text(tokenBytes('Ã©', 'byteLevel'))).toBe('é');
    expect([...tokenBytes('ðŁĺ', 'byteLevel')]).toEqual([0xf0, 0x9f, 0x98]);
  });

  it('undoes SentencePiece’s spaces and byte fallbacks', () => {
    expect(text(tokenBytes('▁▁def', 'sentencePiece'))).toBe('  def');
    expect([...tokenBytes('<0x0D>', 'sentencePiece')]).toEqual([13]);
    expect(text(tokenBytes('日本', 'sentencePiece'))).toBe('日本');
  });

  it('tells the two apart by the decoder', () => {
    expect(vocabularyEncoding({ type: 'ByteLevel' })).toBe('byteLevel');
    expect(vocabularyEncoding({ type: 'Sequence', decoders: [{ type: 'Replace' }, { type: 'ByteFallback' }] })).toBe(
      'sentencePiece',
    );
    expect(vocabularyEncoding({ type: 'WordPiece' })).toBeNull();
    expect(vocabularyEncoding(null)).toBeNull();
  });
});
