import { describe, expect, it } from 'vitest';
import { commandReadings } from '../../../../../src/engine/speech/commands/commandReadings';

const document = { languageId: 'python', text: 'def load_orders():\n    pass\n' };
const readme = { languageId: 'markdown', text: '# Orders\n' };

describe('what a recogniser is told', () => {
  it('expects commands and names, and writes code as it is spoken, where code is written', () => {
    const readings = commandReadings({ document });
    expect(readings.names).toEqual(['load orders']);
    expect(readings.expected!.map(({ text }) => text)).toContain('undo');
    expect(readings.manner).toContain('open paren');
    expect(commandReadings({ document, focus: 'terminal' }).manner).toBeDefined();
    for (const prose of [{ document: readme }, { document, focus: 'chat' }, {}] as const)
      expect(commandReadings(prose).manner).toBeUndefined();
  });

  it('expects no commands where all is dictation', () => {
    const { expected, names, isEnough, ...rest } = commandReadings({ document, mode: 'dictation' });
    expect([expected, names, isEnough]).toEqual([undefined, undefined, undefined]);
    expect(rest).toMatchObject({ alternatives: 4, manner: expect.any(String) });
  });

  it.each([
    ['go to load orders', true],
    ['undo', true],
    ['git push', true],
    ['never mind', true],
    ['return load orders', true],
    ['return lode ardors', false],
    ['and dew that', false],
    ['', false],
  ])('needs nothing else than %j: %s', async (text, enough) => {
    expect(await commandReadings({ document }).isEnough!([text])).toBe(enough);
    expect(await commandReadings({ document }).isEnough!(['turn lode odors', text])).toBe(enough);
  });

  it('looks for commands beside prose, however plain it is', async () => {
    expect(await commandReadings({ document: readme }).isEnough!(['send the massage'])).toBe(false);
  });
});
