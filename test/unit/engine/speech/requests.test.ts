import { describe, expect, it } from 'vitest';
import type { SpeechManifest } from '../../../../src/engine/models/manifest';
import { refuseIgnored, refuseTranslation, type Request } from '../../../../src/engine/speech/requests';

const kinds: readonly SpeechManifest['kind'][] = ['whisper', 'voxtral', 'voxtral_realtime', 'parakeet'];

describe('what a model has no use for', () => {
  it.each<[Request, readonly string[]]>([
    ['language', ['whisper', 'voxtral']],
    ['prompt', ['whisper']],
    ['translate', ['whisper']],
    ['temperature', ['whisper']],
    ['beam', ['whisper']],
    ['alternatives', ['whisper', 'voxtral', 'parakeet']],
    ['delayMs', ['voxtral_realtime']],
  ])('is refused: %s, but of %j', (request, of) => {
    for (const kind of kinds) {
      const ask = () => refuseIgnored(kind, [request]);
      if (of.includes(kind)) expect(ask).not.toThrow();
      else expect(ask).toThrow(expect.objectContaining({ code: 'invalid_argument', remedy: expect.any(String) }));
    }
  });

  it('is told with the models that have', () => {
    expect(() => refuseIgnored('parakeet', ['alternatives', 'delayMs'])).toThrow(
      expect.objectContaining({
        message: 'Parakeet takes no --delay: it writes when the sound has ended.',
        remedy: 'Leave it out, or use Voxtral Realtime.',
      }),
    );
  });

  it('is a translation to a recognizer itself', () => {
    expect(() => refuseTranslation('parakeet', { translate: true })).toThrow(/own language/);
    expect(() => refuseTranslation('parakeet', { translate: false, prompt: 'x', temperature: 1 })).not.toThrow();
  });
});
