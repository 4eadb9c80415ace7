import { describe, expect, it } from 'vitest';
import type { ListenResult, ListenUpdate, SpokenOutcome } from '../../../../src/protocol';
import { PteronError } from '../../../../src/protocol';
import { VoiceController, type ControllerOptions } from '../../../../src/extension/voice/controller';
import type { SpokenPlace } from '../../../../src/extension/voice/place';
import type { VoiceState } from '../../../../src/extension/voice/state';
import { collectingLog, model } from '../support';

const listened = (...alternatives: string[]): ListenResult => ({
  finish: 'released',
  alternatives,
  microphone: null,
  timings: { openMs: 1, releaseToTextMs: 2 },
});
const update = (state: ListenUpdate['state'], confirmed = '', tentative = ''): ListenUpdate => ({
  ...{ state, confirmed, tentative, level: 0.5, seconds: 1 },
});
const inserted: SpokenOutcome = { kind: 'insert', text: 'x = 1', confidence: 1 };

function fakePlace() {
  const calls: string[] = [];
  const place: SpokenPlace = {
    focus: 'editor',
    document: () => ({ languageId: 'python', text: 'x', offset: 1 }),
    showPartial: (confirmed, tentative) => void calls.push(`show ${confirmed}|${tentative}`),
    pin: () => void calls.push('pin'),
    insert: async (text) => calls.push(`insert ${text}`) > 0,
    dispose: () => void calls.push('dispose'),
  };
  return { place, calls };
}

/** A controller whose `listen` waits until the test resolves it. */
function start(change: Partial<ControllerOptions> = {}) {
  const { place, calls } = fakePlace();
  let finish!: (result: ListenResult) => void;
  let fail!: (error: Error) => void;
  let report!: (update: ListenUpdate) => void;
  const failures: string[] = [];
  const requests: unknown[] = [];
  const controller = new VoiceController({
    place: () => place,
    model: async () => ({ ...model('hearer', 'chat'), role: 'speech' }),
    preferences: () => ({ longestMs: 60_000 }),
    listen: (params, onUpdate, token) => {
      requests.push(params);
      calls.push('listen');
      report = onUpdate;
      return new Promise((resolve, reject) => {
        [finish, fail] = [resolve, reject];
        token.onCancellationRequested(() => resolve({ ...listened(), finish: 'cancelled' }));
      });
    },
    release: async () => void calls.push('release'),
    answer: () => false,
    interpret: async (alternatives) => ({ heard: alternatives[0] ?? '', outcome: inserted }),
    carryOut: async (outcome) => {
      calls.push(`carry out ${outcome.kind}`);
      return { kind: 'inserted', text: 'x = 1' };
    },
    onFailure: (error, heard) => void failures.push(`${error.code} ${heard}`),
    log: collectingLog(),
    ...change,
  });
  const states: VoiceState['kind'][] = [];
  controller.onDidChange(({ kind }) => states.at(-1) !== kind && states.push(kind));
  const settled = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    controller,
    calls,
    states,
    failures,
    requests,
    settled,
    finish: (result: ListenResult) => finish(result),
    fail: (error: Error) => fail(error),
    report: (value: ListenUpdate) => report(value),
  };
}

describe('VoiceController', () => {
  it('listens with the open document, shows what it hears, pins the place on release, and carries out what it means', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    await voice.settled();
    expect(voice.requests).toEqual([
      { model: 'hearer', focus: 'editor', longestMs: 60_000, document: { languageId: 'python', text: 'x', offset: 1 } },
    ]);
    voice.report(update('listening'));
    voice.report(update('speech', 'x equals', ' on'));
    voice.controller.release();
    voice.controller.release();
    voice.report(update('thinking', 'x equals'));
    voice.finish(listened('x equals one'));
    await done;
    expect(voice.states).toEqual(['opening', 'listening', 'speech', 'thinking', 'idle']);
    expect(voice.calls.filter((call) => !call.startsWith('show'))).toEqual([
      ...['listen', 'pin', 'release', 'pin', 'pin', 'carry out insert', 'dispose'],
    ]);
    expect(voice.calls).toContain('show x equals| on');
    expect(voice.controller.state).toEqual({ kind: 'idle', last: { kind: 'inserted', text: 'x = 1' } });
  });

  it('takes the ghost text away before anything is inserted', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.finish(listened('x'));
    await done;
    const carriedOut = voice.calls.indexOf('carry out insert');
    expect(
      voice.calls
        .slice(0, carriedOut)
        .filter((call) => call.startsWith('show'))
        .at(-1),
    ).toBe('show |');
  });

  it('releases what was let go before the engine listened', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    voice.controller.release();
    expect(voice.calls).toEqual(['pin']);
    await voice.settled();
    expect(voice.calls).toEqual(['pin', 'listen', 'release']);
    voice.finish({ ...listened(), nothing: { reason: 'too_short', detail: '' } });
    await done;
  });

  it.each(['no_sound', 'too_short', 'no_speech', 'unsure'] as const)(
    'does nothing for %s and says so',
    async (reason) => {
      const voice = start();
      const done = voice.controller.start('editor');
      await voice.settled();
      voice.finish({ ...listened(), nothing: { reason, detail: 'why' } });
      await done;
      expect(voice.calls.join()).not.toContain('carry out');
      expect(voice.controller.state).toEqual({ kind: 'idle', last: { kind: 'nothing', reason, detail: 'why' } });
    },
  );

  it('throws away what is said when it is cancelled, also while the engine understands', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.report(update('thinking', 'rm'));
    voice.controller.cancel();
    expect(voice.controller.busy).toBe(false);
    await done;
    expect(voice.calls.join()).not.toContain('carry out');
    expect(voice.controller.state).toEqual({ kind: 'idle', last: { kind: 'cancelled' } });
    expect(voice.failures).toEqual([]);
  });

  it('does not carry out what was cancelled while it was interpreted', async () => {
    let answer!: () => void;
    const interpret: ControllerOptions['interpret'] = () =>
      new Promise((resolve) => (answer = () => resolve({ heard: 'x', outcome: inserted })));
    const voice = start({ interpret });
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.finish(listened('x'));
    await voice.settled();
    voice.controller.cancel();
    answer();
    await done;
    expect(voice.calls.join()).not.toContain('carry out');
  });

  it('keeps what was heard when the engine ends in mid-sentence', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.report(update('speech', 'return fibonacci', ' of'));
    voice.fail(new PteronError('engine_exited', 'It ended.', 'Again.'));
    await done;
    expect(voice.failures).toEqual(['engine_exited return fibonacci of']);
    expect(voice.controller.state).toMatchObject({ kind: 'idle', last: { kind: 'failed' } });
    expect(voice.controller.busy).toBe(false);
  });

  it('keeps no words of a command that fails: they were no text', async () => {
    const failing = new PteronError('command_failed', 'No file is open.', '');
    const voice = start({ carryOut: () => Promise.reject(failing) });
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.finish(listened('go to line one'));
    await done;
    expect(voice.failures).toEqual(['command_failed ']);
  });

  it('tells that no speech model is there, and listens again afterwards', async () => {
    const missing = new PteronError('model_not_found', 'No speech model is installed.', 'Install one.');
    let installed = false;
    const voice = start({
      model: () => (installed ? Promise.resolve(model('m', 'chat')) : Promise.reject(missing)),
    });
    await voice.controller.start('editor');
    expect(voice.failures).toEqual(['model_not_found ']);
    installed = true;
    void voice.controller.start('editor');
    await voice.settled();
    expect(voice.calls).toContain('listen');
  });

  it('hears one utterance at a time, but the next one while a question about the last is open', async () => {
    const questions: (() => void)[] = [];
    const voice = start({
      carryOut: () => new Promise((resolve) => questions.push(() => resolve({ kind: 'ran', title: 'Git: Push' }))),
    });
    void voice.controller.start('editor');
    void voice.controller.start('editor');
    await voice.settled();
    expect(voice.requests).toHaveLength(1);
    voice.finish(listened('git push'));
    await voice.settled();
    expect(voice.controller.busy).toBe(false);
    void voice.controller.start('editor');
    await voice.settled();
    expect(voice.requests).toHaveLength(2);
    questions[0]?.();
    await voice.settled();
    expect(voice.controller.state.kind).toBe('opening'); // the second utterance's, not the first one's result
  });

  it('takes an utterance as the answer where a question is open', async () => {
    const voice = start({ answer: ([text]) => text === 'run it' });
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.finish(listened('run it'));
    await done;
    expect(voice.calls.join()).not.toContain('carry out');
  });

  it('understands a typed phrase as if it were spoken, where nobody speaks', async () => {
    const voice = start();
    await voice.controller.hearText('x equals one', 'editor');
    expect(voice.requests).toEqual([]);
    expect(voice.calls).toContain('carry out insert');
    expect(voice.calls.at(-1)).toBe('dispose');
    void voice.controller.start('editor');
    await voice.settled();
    const before = voice.calls.length;
    await voice.controller.hearText('x equals one', 'editor');
    expect(voice.calls).toHaveLength(before);
  });

  it('stops on dispose', async () => {
    const voice = start();
    const done = voice.controller.start('editor');
    await voice.settled();
    voice.controller.dispose();
    await done;
    expect(voice.calls.at(-1)).toBe('dispose');
  });
});
