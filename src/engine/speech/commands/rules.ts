/** The rules in force: the built-in grammar and, before it, the user's own phrases. */
import * as v from 'valibot';
import type { UserPhrase } from '../../../protocol';
import { invalidArgument } from '../../errors';
import { isDangerous } from './danger';
import { grammar } from './grammar';
import { type CompiledRule, compileRule } from './rule';

let compiled: readonly CompiledRule[] | undefined;

export function builtInRules(): readonly CompiledRule[] {
  compiled ??= Object.values(grammar).flat().map(compileRule);
  return compiled;
}

const phraseSchema = v.array(
  v.strictObject({
    say: v.union([
      v.pipe(v.string(), v.minLength(1)),
      v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
    ]),
    command: v.pipe(v.string(), v.regex(/^[\w.\-:]+$/, 'a command has letters, digits, dots, dashes and underscores')),
    args: v.optional(v.unknown()),
    confirm: v.optional(v.boolean()),
  }),
);

/** @throws invalid_argument naming the phrase that cannot be used, and why */
export function rulesWith(phrases: unknown = []): readonly CompiledRule[] {
  const result = v.safeParse(phraseSchema, phrases);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalidArgument(
      `The voice phrases are not valid: ${v.getDotPath(issue) ?? 'the list'}: ${issue.message}.`,
      'Correct the setting; docs/VOICE.md shows an example.',
    );
  }
  const own = result.output as readonly UserPhrase[];
  return own.length === 0 ? builtInRules() : [...own.map(compilePhrase), ...builtInRules()];
}

/** What is dangerous stays so, whatever the user's phrase says. */
function compilePhrase({ say, command, args, confirm = false }: UserPhrase): CompiledRule {
  return compileRule({
    say: typeof say === 'string' ? [say] : say,
    command,
    ...(args === undefined ? {} : { args }),
    danger: confirm || isDangerous({ id: command, title: '' }, builtInRules()),
    source: 'user',
  });
}
