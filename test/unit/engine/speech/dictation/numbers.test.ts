import { describe, expect, it } from 'vitest';
import { spokenNumber } from '../../../../../src/engine/speech/dictation/numbers';

describe('spokenNumber', () => {
  it.each([
    ['seven', '7', 1],
    ['twenty three', '23', 2],
    ['one hundred', '100', 2],
    ['a hundred', null, 0],
    ['hundred', '100', 1],
    ['one hundred and five', '105', 4],
    ['one thousand two hundred and five', '1205', 6],
    ['two million', '2000000', 2],
    ['nineteen eighty four', '1984', 3],
    ['one twenty three', '123', 3],
    ['four two', '42', 2],
    ['zero zero seven', '007', 3],
    ['three point one four', '3.14', 4],
    ['zero point five', '0.5', 3],
    ['3 point 14', '3.14', 3],
    ['42', '42', 1],
    ['1,000', '1000', 1],
    ['1,200 and 5', '1205', 3],
    ['1200 and five 6', '1205', 3],
    ['1,200 and 500', '1200', 1],
    ['1205 and 5', '1205', 1],
    ['zero x ff', '0xff', 3],
    ['0x 1 f', '0x1f', 3],
    ['five apples', '5', 1],
    ['five and six', '5', 1],
    ['twenty twenty', '20', 1],
    ['point five', null, 0],
    ['for', null, 0],
    ['apples', null, 0],
  ])('reads %j as %j', (said, text, length) => {
    const number = spokenNumber(said.split(' '), 0);
    expect(number && { text: number.text, length: number.length }).toEqual(text === null ? null : { text, length });
  });

  it('takes homophones only where a number must stand', () => {
    expect(spokenNumber(['for'], 0, true)?.value).toBe(4);
    expect(spokenNumber(['twenty', 'to'], 0, true)?.value).toBe(22);
    expect(spokenNumber(['to'], 0)).toBeNull();
  });
});
