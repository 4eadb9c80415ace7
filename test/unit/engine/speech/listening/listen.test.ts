import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listen, type Listening } from '../../../../../src/engine/speech/listening/listen';
import { RepeatedRecognition } from '../../../../../src/engine/speech/listening/repeatedRecognition';
import type { ListenUpdate } from '../../../../../src/protocol';
import { fakeDetector, FakeRecognizer, FakeSource, startListening, transcription, type Word } from './fakes';

let source: FakeSource;
let recognizer: FakeRecognizer;
let updates: ListenUpdate[];
let release: AbortController;
let cancel: AbortController;

beforeEach(() => {
  source = new FakeSource({ id: 'a', name: 'A', isDefault: true });
  recognizer = new FakeRecognizer();
  updates = [];
  release = new AbortController();
  cancel = new AbortController();
});

async function start(changes: Partial<Listening> = {}) {
  const listening: Listening = {
    source,
    detector: Promise.resolve(fakeDetector),
    recognition: (_, onText) => new RepeatedRecognition(recognizer.recognize, onText),
    onUpdate: (update) => updates.push(update),
    release: release.signal,
    cancel: cancel.signal,
    ...changes,
  };
  return startListening(listening, source);
}
const shown = () => `${updates.at(-1)!.confirmed}${updates.at(-1)!.tentative}`;
const states = () => updates.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);

describe('listening', () => {
  it('gives the text of what was said until the release, and tells of its way there', async () => {
    const { result } = await start();
    await source.say('', 'open', 'the', 'file');
    release.abort();
    const { finish, alternatives, microphone, transcription: heard, timings } = await result;
    expect({ finish, alternatives, microphone }).toEqual({
      finish: 'released',
      alternatives: ['open the file'],
      microphone: { id: 'a', name: 'A', isDefault: true },
    });
    expect(heard!.segments[0]!.start).toBeCloseTo(0.32 - 0.2, 2);
    expect(heard!.seconds).toBeCloseTo(4 * 0.32, 2);
    expect(timings.openMs).toBeGreaterThan(0);
    expect(states()).toEqual(['opening', 'listening', 'speech', 'thinking']);
    expect(updates.at(-1)).toMatchObject({ confirmed: 'open the file', tentative: '' });
    expect(source.closed).toBe(true);
  });

  it('shows what two hypotheses agree on as confirmed, and never takes it back', async () => {
    const { result } = await start();
    await source.say('open', 'the', 'file', 'and', 'close', 'it');
    await source.say('', '');
    await vi.waitFor(() => expect(updates.at(-1)!.tentative).not.toBe(''));
    release.abort();
    await result;
    const confirmed = updates.map((update) => update.confirmed);
    expect(confirmed.some((text) => text !== '' && text !== 'open the file and close it')).toBe(true);
    for (const [i, text] of confirmed.entries()) expect(text.startsWith(confirmed[i - 1] ?? '')).toBe(true);
  });

  it('does not hear again what was heard in a pause before the release', async () => {
    const { result } = await start();
    await source.say('open', 'the', 'file', '', '');
    await vi.waitFor(() => expect(shown()).toBe('open the file'));
    const asked = recognizer.heard.length;
    release.abort();
    expect((await result).alternatives).toEqual(['open the file']);
    expect(recognizer.heard).toHaveLength(asked);
  });

  it('gives up a hypothesis under way that lacks the end', async () => {
    const { result } = await start();
    let go!: () => void;
    recognizer.hold = new Promise((resolve) => (go = resolve));
    await source.say('open', 'the', 'file', 'and');
    expect(recognizer.heard.length).toBe(1);
    release.abort();
    await vi.waitFor(() => expect(recognizer.heard).toHaveLength(2));
    go();
    expect((await result).alternatives).toEqual(['open the file and']);
    expect(recognizer.cancelled).toBe(1);
  });

  it('releases after a silence, but not before somebody spoke', async () => {
    const { result } = await start({ releaseAfterSilenceMs: 500 });
    await source.say('', '', '', '', 'open', '', '');
    const { finish, alternatives } = await result;
    expect({ finish, alternatives }).toEqual({ finish: 'silence', alternatives: ['open'] });
  });

  it('releases at the longest sound', async () => {
    const { result } = await start({ longestMs: 1000 });
    await source.say('open', 'the', 'file', 'and', 'close');
    expect(await result).toMatchObject({ finish: 'limit', alternatives: ['open the file'] });
  });

  it('releases at the end of a file', async () => {
    const { result } = await start();
    await source.say('open');
    source.listener!.onEnd();
    expect(await result).toMatchObject({ finish: 'released', alternatives: ['open'] });
  });

  it('throws away what is cancelled, whether it is spoken or understood', async () => {
    const { result } = await start();
    await source.say('open', 'the');
    cancel.abort();
    expect(await result).toMatchObject({ finish: 'cancelled', alternatives: [] });
    expect(source.closed).toBe(true);
  });

  it('throws away what is cancelled while it is understood', async () => {
    const { result } = await start();
    let go!: () => void;
    await source.say('open');
    recognizer.hold = new Promise((resolve) => (go = resolve));
    release.abort();
    await vi.waitFor(() => expect(states().at(-1)).toBe('thinking'));
    cancel.abort();
    go();
    expect(await result).toMatchObject({ finish: 'cancelled', alternatives: [] });
  });

  it('keeps the sound while the detector loads', async () => {
    let load!: (detector: typeof fakeDetector) => void;
    const { result } = await start({ detector: new Promise((resolve) => (load = resolve)) });
    void source.say('open', 'the');
    release.abort();
    load(fakeDetector);
    expect((await result).finish).toBe('released');
  });

  it('passes on a warning of the source, and the device that took over', async () => {
    const { result } = await start();
    source.listener!.onWarning('device_changed', { id: 'b', name: 'B', isDefault: false });
    await source.say('open');
    release.abort();
    expect((await result).microphone?.id).toBe('b');
    expect(updates.some(({ warning }) => warning === 'device_changed')).toBe(true);
  });
});

describe('failures while listening', () => {
  it('are those of the source, at opening and later', async () => {
    source.open = () => Promise.reject(new Error('no device'));
    const first = listen({
      ...{ source, detector: Promise.resolve(fakeDetector), release: release.signal, cancel: cancel.signal },
      recognition: (_, onText) => new RepeatedRecognition(recognizer.recognize, onText),
    });
    await expect(first).rejects.toThrow('no device');
    source = new FakeSource();
    const { result } = await start();
    source.listener!.onEnd(new Error('unplugged'));
    await expect(result).rejects.toThrow('unplugged');
    expect(source.closed).toBe(true);
  });

  it('are those of the detector', async () => {
    const { result } = await start({ detector: Promise.reject(new Error('damaged')) });
    await source.say('open');
    await expect(result).rejects.toThrow('damaged');
  });

  it('are those of the recognizer, of the final text only', async () => {
    const { result } = await start();
    recognizer.fails = new Error('out of memory');
    await source.say('open', 'the', 'file', '');
    recognizer.fails = undefined;
    release.abort();
    expect((await result).alternatives).toEqual(['open the file']);
    source = new FakeSource();
    release = new AbortController();
    const second = await start();
    await source.say('open');
    recognizer.fails = new Error('out of memory');
    release.abort();
    await expect(second.result).rejects.toThrow('out of memory');
  });
});

describe('nothing to show', () => {
  const reasonOf = async (...said: readonly Word[]) => {
    const { result } = await start();
    await source.say(...said);
    release.abort();
    const { alternatives, nothing } = await result;
    expect(alternatives).toEqual([]);
    expect(nothing!.detail).toMatch(/^[A-Z].+\.$/);
    return nothing!.reason;
  };

  it('too short', async () => {
    const { result } = await start();
    await source.listener!.onSamples(new Float32Array(1600).fill(0.001));
    release.abort();
    expect((await result).nothing).toEqual({ reason: 'too_short', detail: 'It was released after 100 ms.' });
  });

  it('nothing but zeros, with a warning in less than a second', async () => {
    const { result } = await start();
    await source.listener!.onSamples(new Float32Array(14_400));
    expect(updates.at(-1)!.warning).toBe('no_sound');
    release.abort();
    expect((await result).nothing!.reason).toBe('no_sound');
    expect(recognizer.heard).toEqual([]);
  });

  it('no speech: the model is not asked', async () => {
    expect(await reasonOf('', '', '')).toBe('no_speech');
    expect(recognizer.heard).toEqual([]);
  });

  it('a text that is a guess, or none', async () => {
    recognizer.answer = () => transcription('');
    expect(await reasonOf('open')).toBe('unsure');
    const guess = transcription('you');
    source = new FakeSource();
    release = new AbortController();
    recognizer.answer = () => ({ ...guess, segments: [{ ...guess.segments[0]!, avgLogProbability: -1.4 }] });
    expect(await reasonOf('open')).toBe('unsure');
  });
});
