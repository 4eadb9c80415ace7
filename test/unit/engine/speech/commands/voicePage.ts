/** The generated parts of docs/VOICE.md. */
import { scored, type Scores, utteranceSet } from './utteranceSets';

export { cheatSheet } from '../../../../../src/engine/speech/commands/cheatSheet';

export function scoreRow(name: string, { right, wrong, dangerousRuns }: Scores): string {
  const total = right + wrong.length;
  const share = ((100 * right) / total).toFixed(1);
  return `| \`test/voice/${name}.json\` | ${total} | ${right} (${share} %) | ${dangerousRuns} |\n`;
}

export async function scoreTable(): Promise<string> {
  const head = '| Set | Utterances | Right | Dangerous and run unasked |\n|---|---|---|---|\n';
  const rows = [];
  for (const name of ['utterances', 'held-out', 'strangers', 'strangers-2'] as const)
    rows.push(scoreRow(name, await scored(utteranceSet(name))));
  return head + rows.join('');
}
