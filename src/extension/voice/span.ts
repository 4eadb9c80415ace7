/** A range of a document, in UTF-16 offsets, through the edits that the user makes meanwhile. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** As vscode.TextDocumentContentChangeEvent tells it. */
export interface Change {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

/** Where the span is afterwards, or undefined if what it held was changed itself. What is typed at its start goes before it. */
export function through(span: Span, { rangeOffset, rangeLength, text }: Change): Span | undefined {
  const end = rangeOffset + rangeLength;
  const delta = text.length - rangeLength;
  if (end <= span.start) return { start: span.start + delta, end: span.end + delta };
  if (rangeOffset >= span.end) return span;
  return undefined;
}

/** A place to insert at: where its text was changed, what was written instead stays, and the place is after it. */
export function placeThrough(span: Span, change: Change): Span {
  const after = change.rangeOffset + change.text.length;
  return through(span, change) ?? { start: after, end: after };
}
