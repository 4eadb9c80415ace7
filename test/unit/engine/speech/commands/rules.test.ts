import { describe, expect, it } from 'vitest';
import { grammar } from '../../../../../src/engine/speech/commands/grammar';
import { compilePattern } from '../../../../../src/engine/speech/commands/pattern';
import { builtInRules, rulesWith } from '../../../../../src/engine/speech/commands/rules';

const invalid = expect.objectContaining({ code: 'invalid_argument' });

describe('the grammar', () => {
  it('has patterns that can be read, and a rule for every category', () => {
    expect(builtInRules().length).toBe(Object.values(grammar).flat().length);
    for (const rules of Object.values(grammar)) expect(rules.length).toBeGreaterThan(0);
  });

  it('uses in its arguments only what its patterns hear', () => {
    for (const { say, sequences, args } of builtInRules()) {
      const used = [...JSON.stringify(args ?? '').matchAll(/\$([a-zA-Z]+)/g)].map(([, name]) => name!);
      for (const { elements, choices } of sequences) {
        const heard = elements.flatMap((element) => (typeof element === 'string' ? [] : [element.name]));
        expect([...heard, ...Object.keys(choices)], say.join(' / ')).toEqual(expect.arrayContaining(used));
      }
    }
  });
});

describe('compilePattern', () => {
  it('writes out what is optional and what is a choice', () => {
    const said = compilePattern('go [back] (up|{to:down}) <number:count>');
    expect(said).toHaveLength(4);
    expect(said.at(-1)).toEqual({
      elements: ['go', 'down', { slot: 'number', name: 'count' }],
      choices: { to: 'down' },
    });
  });

  it.each([
    ['go (up', '`)` is missing'],
    ['go up)', 'closed that was not opened'],
    ['[go]', 'fit silence'],
    ['go to <planet>', '`<planet>` is no slot'],
    ['go to: up', 'may only begin a choice'],
    ['{up|down}', 'begins with its name'],
    ['go < up', 'means nothing here'],
    ['[a] [b] [c] [d] [e] [f] [g] [h] [i] [j] [k] [l] [m]', 'too many variants'],
  ])('says what is wrong with %j', (pattern, problem) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(problem) }),
    );
  });
});

describe('rulesWith', () => {
  it('puts the phrases of the user first', () => {
    const [own] = rulesWith([{ say: 'make it so', command: 'workbench.action.files.saveAll' }]);
    expect(own).toMatchObject({ source: 'user', danger: false, say: ['make it so'] });
  });

  it.each(['git.push', 'workbench.action.terminal.sendSequence', 'someone.deleteEverything'])(
    'asks before %s, whatever the phrase says',
    (command) => {
      expect(rulesWith([{ say: 'engage', command, confirm: false }])[0]!.danger).toBe(true);
    },
  );

  it.each([
    [[{ say: '', command: 'undo' }]],
    [[{ say: [], command: 'undo' }]],
    [[{ say: 'x', command: '' }]],
    [[{ say: 'x', command: 'rm -rf' }]],
    [[{ say: 'x' }]],
    [[{ say: 'x', command: 'undo', when: 'always' }]],
    [{ say: 'x', command: 'undo' }],
    [[{ say: 'x (', command: 'undo' }]],
  ])('refuses %j', (phrases) => {
    expect(() => rulesWith(phrases)).toThrow(invalid);
  });
});
