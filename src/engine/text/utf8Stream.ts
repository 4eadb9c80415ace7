/**
 * Joins the bytes of tokens into text. A token may end inside a code point: its bytes are held until the rest arrives,
 * so neither half a code point nor a replacement character is ever shown.
 */
export class Utf8Stream {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** The text completed by `bytes`; '' while a code point is unfinished. Bytes that are no UTF-8 are dropped. */
  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true }).replaceAll('\uFFFD', '');
  }
}
