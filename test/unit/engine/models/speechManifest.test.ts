import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../../../src/engine/models/manifest';
import { tinyTokens } from '../speech/whisper/tinyTokens';

const tiny = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/models/tiny-gemma3/model.json'), 'utf8'),
) as Record<string, unknown>;
const speech = { kind: 'whisper', melBins: 80, frames: 3000, tokens: tinyTokens };
const valid = { ...tiny, role: 'speech', vocabularySize: 51, speech };
const withTokens = (changes: Partial<Record<keyof typeof tinyTokens, unknown>>) => ({
  ...valid,
  speech: { ...speech, tokens: { ...tinyTokens, ...changes } },
});

describe('model.json of a recognizer', () => {
  it('is accepted with all that recognition needs, of a model for English only, too', () => {
    expect(v.is(manifestSchema, valid)).toBe(true);
    expect(v.is(manifestSchema, withTokens({ languages: {}, transcribe: null, translate: null }))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['says nothing of speech', { ...valid, speech: undefined }],
    ['is another model’s', { ...valid, role: 'chat' }],
    ['names a token beyond the vocabulary', withTokens({ noSpeech: 51 })],
    ['suppresses one beyond the vocabulary', withTokens({ suppress: [1, 900] })],
    ['allows a first timestamp beyond it', withTokens({ maxInitialTimestamp: 31 })],
    ['has a language that is no code', withTokens({ languages: { __proto__x: 12 } })],
    ['has a token that is no number', withTokens({ endOfText: '10' })],
    ['has features of a million mels', { ...valid, speech: { ...speech, melBins: 1e6 } }],
    ['has windows of an hour', { ...valid, speech: { ...speech, frames: 360_000 } }],
  ])('is refused where it %s', (_, manifest) => {
    expect(v.is(manifestSchema, manifest)).toBe(false);
  });
});

describe('model.json of a Voxtral', () => {
  const read = (id: string) =>
    JSON.parse(
      readFileSync(join(import.meta.dirname, `../../../fixtures/voxtral/${id}/model.json`), 'utf8'),
    ) as typeof valid;
  const mini = read('tiny-voxtral');
  const realtime = read('tiny-voxtral-realtime');
  const with_ = (manifest: typeof valid, changes: object) => ({
    ...manifest,
    speech: { ...manifest.speech, ...changes },
  });

  it('is accepted', () => {
    expect(v.is(manifestSchema, mini)).toBe(true);
    expect(v.is(manifestSchema, realtime)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['names a token beyond the vocabulary', with_(mini, { tokens: { ...mini.speech.tokens, audio: 384 } })],
    ['lacks one', with_(mini, { tokens: { ...mini.speech.tokens, transcribe: undefined } })],
    ['has the tokens of the other', with_(mini, { tokens: realtime.speech.tokens })],
    ['is of an unknown kind', with_(mini, { kind: 'voxtral_small' })],
    ['has silence of minutes in front', with_(realtime, { leftPad: 4000 })],
    ['has no delay', with_(realtime, { delay: 0 })],
    ['hears a minute at once', with_(realtime, { mostTokens: 7500 })],
  ])('is refused where it %s', (_, manifest) => {
    expect(v.is(manifestSchema, manifest)).toBe(false);
  });
});

describe('model.json of a Parakeet', () => {
  const parakeet = {
    kind: 'parakeet',
    melBins: 128,
    frames: 4000,
    subsampling: 8,
    hiddenSize: 640,
    layers: 2,
    stepFrames: 16,
    blank: 50,
    durations: [0, 1, 2, 3, 4],
    maxSymbolsPerStep: 10,
  };
  const withSpeech = (changes: object) => ({ ...valid, speech: { ...parakeet, ...changes } });

  it('is accepted', () => {
    expect(v.is(manifestSchema, withSpeech({}))).toBe(true);
  });

  it.each<[string, object]>([
    ['is of an unknown kind', { kind: 'sparrow' }],
    ['has its blank beyond the vocabulary', { blank: 51 }],
    ['has no durations', { durations: [] }],
    ['goes back in time', { durations: [0, -1] }],
    ['has a window of half a frame', { frames: 4001 }],
    ['has a window of an hour', { frames: 360_000 }],
    ['may say nothing', { maxSymbolsPerStep: 0 }],
    ['is Whisper', { kind: 'whisper' }],
  ])('is refused where it %s', (_, changes) => {
    expect(v.is(manifestSchema, withSpeech(changes))).toBe(false);
  });
});
