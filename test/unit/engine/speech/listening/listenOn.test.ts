import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listenOn, type Utterance } from '../../../../../src/engine/speech/listening/listenOn';
import { Passages } from '../../../../../src/engine/speech/listening/passages';
import { RepeatedRecognition } from '../../../../../src/engine/speech/listening/repeatedRecognition';
import { SoundBuffer } from '../../../../../src/engine/speech/listening/soundBuffer';
import { SpeechTracker } from '../../../../../src/engine/speech/vad/speechTracker';
import { windowSamples } from '../../../../../src/engine/speech/vad/voiceActivity';
import type { ListenUpdate } from '../../../../../src/protocol';
import { fakeDetector, FakeRecognizer, FakeSource, transcription } from './fakes';

let source: FakeSource;
let recognizer: FakeRecognizer;
let utterances: Utterance[];
let stop: AbortController;
beforeEach(() => {
  [source, recognizer, utterances, stop] = [new FakeSource(), new FakeRecognizer(), [], new AbortController()];
});

async function start(updates: ListenUpdate[] = []) {
  const done = listenOn({
    source,
    detector: Promise.resolve(fakeDetector),
    recognition: (_, onText) => new RepeatedRecognition(recognizer.recognize, onText),
    onUtterance: (utterance) => utterances.push(utterance),
    onUpdate: (update) => updates.push(update),
    stop: stop.signal,
  });
  done.catch(() => undefined);
  await vi.waitFor(() => expect(source.listener).toBeDefined());
  return { done };
}
const texts = () =>
  utterances.map((utterance) => (utterance.kind === 'text' ? utterance.transcription.text : utterance.reason));

describe('listening on', () => {
  it('cuts at pauses, and gives each utterance its time', async () => {
    const { done } = await start();
    await source.say('', 'open', 'the', 'file', '', '', '', 'close', 'it', '', '', '');
    await vi.waitFor(() => expect(texts()).toEqual(['open the file', 'close it']));
    const starts = utterances.map(({ start: at }) => at);
    expect(starts[0]).toBeCloseTo(0.32 - 0.2, 2);
    expect(starts[1]).toBeCloseTo(7 * 0.32 - 0.2, 2);
    stop.abort();
    await done;
  });

  it('understands what is being said when it is stopped, and at the end of a file', async () => {
    const { done } = await start();
    await source.say('open', 'the');
    stop.abort();
    await done;
    expect(texts()).toEqual(['open the']);
    source = new FakeSource();
    stop = new AbortController();
    const again = await start();
    await source.say('close');
    source.listener!.onEnd();
    await again.done;
    expect(texts()).toEqual(['open the', 'close']);
  });

  it('cuts a speaker who makes no pause before the recognizer’s window is full', async () => {
    const { done } = await start();
    for (let i = 0; i < 35; i++) await source.say('open', 'the', 'file');
    stop.abort();
    await done;
    expect(utterances.length).toBeGreaterThan(1);
    for (const { start: from, end } of utterances) expect(end - from).toBeLessThan(29);
  });

  it('says why an utterance has no text, and goes on', async () => {
    const { done } = await start();
    recognizer.answer = () => transcription('');
    await source.say('open', '', '', '');
    await vi.waitFor(() => expect(texts()).toEqual(['unsure']));
    recognizer.answer = transcription;
    await source.say('close', '', '', '');
    await vi.waitFor(() => expect(texts()).toEqual(['unsure', 'close']));
    stop.abort();
    await done;
  });

  it('fails as its recognizer and its source do', async () => {
    const { done } = await start();
    recognizer.fails = new Error('out of memory');
    void source.say('open', '', '', '');
    await expect(done).rejects.toThrow('out of memory');
    recognizer.fails = undefined;
    source = new FakeSource();
    const again = await start();
    source.listener!.onEnd(new Error('unplugged'));
    await expect(again.done).rejects.toThrow('unplugged');
  });
});

it('memory does not grow with what was said or was silent', () => {
  const [sound, tracker] = [new SoundBuffer(), new SpeechTracker()];
  const recognize = async () => transcription('so');
  const passages = new Passages(sound, tracker, (_, onText) => new RepeatedRecognition(recognize, onText), {
    onText: () => undefined,
  });
  let longest = 0;
  for (let window = 0; window < 60 * 60 * 4; window++) {
    sound.append(new Float32Array(windowSamples));
    tracker.push(window % 400 < 300 ? 0.9 : 0.1);
    passages.follow();
    longest = Math.max(longest, sound.end - sound.start);
  }
  expect(longest).toBeLessThan(30 * 16_000);
});
