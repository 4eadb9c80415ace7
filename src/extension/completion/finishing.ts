/** What a model wrote → what is offered: nothing that already stands in the document, no trailing space. */
import { nothing, type Nothing } from './reasons';

export interface Surroundings {
  /** The rest of the cursor's line. */
  readonly lineAfter: string;
  /** The document after the cursor's line. */
  readonly following: string;
  readonly multiline: boolean;
}

export function finishCompletion(raw: string, { lineAfter, following, multiline }: Surroundings): string | Nothing {
  const normalized = raw.replace(/\r\n?/g, '\n');
  const lines = (multiline ? normalized : firstLine(normalized)).trimEnd();
  const text = withoutOverlap(lines, lineAfter.trim());
  if (text.trim() === '') return nothing('emptyAnswer');
  const next = following.split('\n').find((line) => line.trim() !== '');
  if (next !== undefined && next.trim().length > 2 && firstLine(text.trimStart()).trim() === next.trim()) {
    return nothing('repeatsNextLine');
  }
  return text;
}

/** A single-line answer that begins with a line break has nothing for this line. */
function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** Drops from the end of `text` the longest piece that the rest of the line begins with, e.g. a bracket already closed. */
function withoutOverlap(text: string, rest: string): string {
  for (let length = Math.min(rest.length, text.length); length > 0; length--) {
    if (text.endsWith(rest.slice(0, length))) return text.slice(0, -length);
  }
  return text;
}
