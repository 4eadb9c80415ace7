import type { Spacing } from './symbols';

/** A piece of dictated code before it is written out. */
export interface Item {
  readonly text: string;
  /** name: identifiers, numbers, plain words · keyword · text: within strings and comments · stringOpen, stringClose: quotation marks. */
  readonly kind: Exclude<Spacing, 'string'> | 'name' | 'keyword' | 'text' | 'stringOpen' | 'stringClose';
  /** An identifier of the open file. */
  readonly known?: boolean;
  /** A bracket that was not said: "fibonacci of n". */
  readonly implied?: boolean;
  /** `<` and `>` said so that they may be brackets of a type. */
  readonly angle?: boolean;
}

/** Kinds after which an operand must follow: a minus there is a sign, a bracket opens a list. */
export function awaitsOperand(previous: Item | undefined): boolean {
  if (!previous) return true;
  return ['infix', 'open', 'blockOpen', 'comma', 'prefix', 'keyword', 'line', 'comment'].includes(previous.kind);
}
