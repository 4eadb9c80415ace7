/** What the user's settings say about listening. */
import type { ListenParams } from '../../protocol';
import type { SettingKey, SettingValue } from '../settingsSchema';

/** Shorter than the engine tells a pause from a breath. */
const shortestSilenceMs = 100;
/** Readings to choose from by what makes sense in the open file. */
const alternatives = 4;

export function listenPreferences(
  get: <K extends SettingKey>(key: K) => SettingValue<K>,
  environment: Readonly<Record<string, string | undefined>>,
): Omit<ListenParams, 'model' | 'document' | 'focus'> {
  const [microphone, language] = [get('voice.microphone'), get('voice.language')];
  const silence = get('voice.releaseAfterSilence');
  const file = environment['PTERON_MICROPHONE_FILE']; // tests speak through it: CONTRIBUTING.md
  return {
    alternatives,
    longestMs: get('voice.longest') * 1000,
    ...(file ? { file } : {}),
    ...(microphone === '' ? {} : { microphone }),
    ...(language === '' ? {} : { language }),
    ...(silence === 0 ? {} : { releaseAfterSilenceMs: Math.max(shortestSilenceMs, silence) }),
  };
}
