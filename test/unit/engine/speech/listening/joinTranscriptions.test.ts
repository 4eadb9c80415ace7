import { expect, it } from 'vitest';
import { joinTranscriptions } from '../../../../../src/engine/speech/listening/joinTranscriptions';
import { SoundBuffer } from '../../../../../src/engine/speech/listening/soundBuffer';
import { transcription } from './fakes';

it('joins parts of a sound, with times from its beginning', () => {
  const words = [{ text: 'close', start: 0.25, end: 0.5, confidence: 1 }];
  const second = transcription('close it', { seconds: 3, language: 'de' });
  const withWords = { ...second, segments: [{ ...second.segments[0]!, words }] };
  const parts = [
    { start: 1, transcription: transcription('open') },
    { start: 4, transcription: transcription('') },
    { start: 20, transcription: withWords },
  ];
  const whole = joinTranscriptions(parts, 30);
  expect(whole).toMatchObject({ text: 'open close it', language: 'de', seconds: 30, finish: 'stop' });
  expect(whole.segments.map(({ start }) => start)).toEqual([1, 20]);
  expect(whole.segments[1]!.words).toEqual([{ text: 'close', start: 20.25, end: 20.5, confidence: 1 }]);
  expect(whole.timings).toMatchObject({ tokens: 3, windows: 3 });
  expect(joinTranscriptions([], 2)).toMatchObject({ text: '', language: null, segments: [] });
});

it('keeps other readings of a sound in one part only', () => {
  const part = { start: 0, transcription: transcription('so', { alternatives: ['sow'] }) };
  expect(joinTranscriptions([part], 1).alternatives).toEqual(['sow']);
  expect(joinTranscriptions([part, part], 1).alternatives).toBeUndefined();
});

it('a part in which only punctuation was heard says nothing', () => {
  const asked = { start: 0, transcription: transcription('What is it?', { alternatives: ['what is that'] }) };
  const breath = { start: 3, transcription: transcription('.') };
  expect(joinTranscriptions([asked, breath], 4)).toMatchObject({ text: 'What is it?', alternatives: ['what is that'] });
  expect(joinTranscriptions([breath], 4).text).toBe('');
  const both = { start: 0, transcription: transcription('What is it?.') };
  expect(joinTranscriptions([both], 4).text).toBe('What is it?');
});

it('a sound grows at its end and is dropped at its beginning, by position', () => {
  const sound = new SoundBuffer();
  for (let i = 0; i < 40; i++) sound.append(new Float32Array(16_000).fill(i));
  sound.dropBefore(30 * 16_000);
  expect([sound.start, sound.end]).toEqual([480_000, 640_000]);
  expect(sound.slice(30.5 * 16_000, 31.5 * 16_000)).toHaveLength(16_000);
  expect([sound.slice(0, 480_001)[0], sound.slice(639_999, 700_000)[0]]).toEqual([30, 39]);
  sound.dropBefore(0);
  expect(sound.start).toBe(480_000);
  sound.dropBefore(900_000);
  expect([sound.start, sound.end]).toEqual([640_000, 640_000]);
});
