import { describe, expect, it } from 'vitest';
import { coerceSetting, type SettingKey } from '../../../../src/extension/settingsSchema';
import { listenPreferences } from '../../../../src/extension/voice/listenPreferences';

const given = (values: Partial<Record<SettingKey, unknown>>, environment: Record<string, string> = {}) =>
  listenPreferences((key) => coerceSetting(key, values[key]), environment);

describe('listenPreferences', () => {
  it('listens to the system’s microphone in English until it is released, a minute at most', () => {
    expect(given({})).toEqual({ alternatives: 4, longestMs: 60_000, language: 'en' });
  });

  it('takes what the user set', () => {
    const settings = { 'voice.microphone': 'Desk', 'voice.language': '', 'voice.longest': 10, 'voice.model': 'm' };
    expect(given({ ...settings, 'voice.releaseAfterSilence': 1 })).toEqual({
      ...{ alternatives: 4, longestMs: 10_000, microphone: 'Desk', releaseAfterSilenceMs: 100 },
    });
  });

  it('hears a file in the microphone’s place where the environment names one', () => {
    expect(given({}, { PTERON_MICROPHONE_FILE: '/a.wav' })).toMatchObject({ file: '/a.wav' });
  });
});
