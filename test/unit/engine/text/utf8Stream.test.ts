import { describe, expect, it } from 'vitest';
import { Utf8Stream } from '../../../../src/engine/text/utf8Stream';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('Utf8Stream', () => {
  it('holds a code point until its last byte is there', () => {
    const stream = new Utf8Stream();
    const smile = bytes('a😀b');
    const pieces = [...smile].map((byte) => stream.push(Uint8Array.of(byte)));
    expect(pieces).toEqual(['a', '', '', '', '😀', 'b']);
  });

  it.each(['héllo', '日本語', '👩‍👩‍👧‍👦', '\uFEFFbom'])('joins %s however it is cut', (text) => {
    const all = bytes(text);
    for (let cut = 0; cut <= all.length; cut++) {
      const stream = new Utf8Stream();
      const joined = stream.push(all.subarray(0, cut)) + stream.push(all.subarray(cut));
      expect(joined).toBe(text);
    }
  });

  it('never shows a replacement character', () => {
    const stream = new Utf8Stream();
    const shown = stream.push(Uint8Array.of(0xe6, 0x97)) + stream.push(bytes('x')) + stream.push(Uint8Array.of(0xff));
    expect(shown).toBe('x');
  });
});
