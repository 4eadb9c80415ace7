import { expect, it } from 'vitest';
import { LocalAgreement } from '../../../../../src/engine/speech/listening/localAgreement';

const shown = (agreement: LocalAgreement, ...texts: readonly string[]) =>
  texts.map((text) => agreement.push(text)).map(({ confirmed, tentative }) => `${confirmed}|${tentative}`);

it('confirms what two hypotheses in a row say alike, from the beginning on', () => {
  expect(
    shown(new LocalAgreement(), 'Please vote.', 'Please open the', 'Please open the file.', 'Please open the file.'),
  ).toEqual(['|Please vote.', 'Please| open the', 'Please open the| file.', 'Please open the file.|']);
});

it('never takes back what is confirmed, whatever comes', () => {
  const agreement = new LocalAgreement();
  expect(shown(agreement, 'open the file', 'open the file', 'a', '', 'open the file and close')).toEqual([
    '|open the file',
    'open the file|',
    'open the file|',
    'open the file|',
    'open the file| and close',
  ]);
});
