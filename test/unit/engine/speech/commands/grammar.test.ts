/** The grammar against itself: no phrase of it is taken for another command. */
import { describe, expect, it, vi } from 'vitest';
import { speechContext } from '../../../../../src/engine/speech/commands/context';
import { matchGrammar } from '../../../../../src/engine/speech/commands/grammarMatch';
import { builtInRules } from '../../../../../src/engine/speech/commands/rules';
import { wordsOf } from '../../../../../src/engine/speech/commands/utterance';

const document = { languageId: 'plaintext', text: '\n'.repeat(20) };

// Hundreds of utterances, a second alone, and more where the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

describe('every phrase without slots', () => {
  it.each(['editor', 'chat'] as const)('means its own command in the %s', (focus) => {
    const context = speechContext({ document, focus, palette: [] });
    const taken: string[] = [];
    for (const { command, sequences, only } of builtInRules()) {
      if (only && !only.includes(focus)) continue;
      for (const { elements } of sequences) {
        if (!elements.every((element) => typeof element === 'string')) continue;
        const said = elements.join(' ');
        const [best] = matchGrammar(wordsOf(said), context, builtInRules()).matches;
        // Where a rule is for this place only, it goes first.
        if (best?.rule.only && !only) continue;
        if (best?.command.command !== command) taken.push(`${said}: ${command} → ${best?.command.command}`);
      }
    }
    expect(taken).toEqual([]);
  });
});
