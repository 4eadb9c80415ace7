/** One line of the grammar: what may be said, and the command that it means. */
import { compilePattern, type Sequence } from './pattern';

export interface RuleOptions {
  /** `$slot` in it, as a whole value or within a string, is what the slot heard. */
  readonly args?: unknown;
  /** Where the target comes from, if not from a slot: the line under the cursor is meant where it is absent. */
  readonly danger?: boolean;
  /** Only where the focus is. */
  readonly only?: readonly ('editor' | 'terminal' | 'chat')[];
  /** For the cheat sheet, where the palette has no title. */
  readonly title?: string;
}

export interface Rule extends RuleOptions {
  readonly say: readonly string[];
  readonly command: string;
  readonly source: 'grammar' | 'user';
}

export interface CompiledRule extends Rule {
  readonly sequences: readonly Sequence[];
}

/** For the grammar's tables. */
export function rule(command: string, say: string | readonly string[], options: RuleOptions = {}): Rule {
  return { command, say: typeof say === 'string' ? [say] : say, source: 'grammar', ...options };
}

/** @throws invalid_argument for a pattern that cannot be read */
export function compileRule(rule: Rule): CompiledRule {
  return { ...rule, sequences: rule.say.flatMap(compilePattern) };
}
