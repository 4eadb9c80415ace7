/** The grammar as Markdown: one table a category, what is said and what it does. */
import { defaultCommands } from './defaultCommands';
import { grammar } from './grammar';
import type { Rule } from './rule';
import { titleOf } from './titles';

/** `rules`: those in force; the user's own come first. */
export function cheatSheet(rules: readonly Rule[] = []): string {
  const own = rules.filter(({ source }) => source === 'user');
  const sections = Object.entries(grammar).map(([category, entries]) => section(category, entries));
  return [...(own.length > 0 ? [section('Your phrases', own)] : []), ...sections].join('\n');
}

function section(category: string, rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| ${rule.say.map(phrase).join('<br>')} | ${meaning(rule)} |`);
  return `### ${category}\n\n| Say | It does |\n|---|---|\n${rows.join('\n')}\n`;
}

function phrase(pattern: string): string {
  return `\`${pattern.replaceAll('|', '\\|')}\``;
}

function meaning({ command, title, danger, only }: Rule): string {
  const where = only ? ` (in the ${only.join(', ')})` : '';
  return `${title ?? titleOf(command, defaultCommands)}${where}${danger ? ' — asks first' : ''}`;
}
