import type { Microphone } from '../../../protocol';

/** What ALSA lists beside devices where no sound server runs. */
const noDevices =
  /^(Discard all samples|Rate Converter Plugin|Plugin (using|for) |JACK Audio|Open Sound System|PulseAudio Sound Server)/;

export interface ListedMicrophone extends Microphone {
  /** Of the recorder's list. */
  readonly index: number;
}

/** The recorder knows names only, so a name is the id; of devices with the same one the second is `name #2`. */
export function microphonesOf(names: readonly string[], defaultName: string | undefined): ListedMicrophone[] {
  const seen = new Map<string, number>();
  return names.flatMap((name, index) => {
    if (noDevices.test(name)) return [];
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const id = count === 1 ? name : `${name} #${count}`;
    return [{ id, name, isDefault: name === defaultName && count === 1, index }];
  });
}
