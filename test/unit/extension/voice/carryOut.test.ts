import { describe, expect, it } from 'vitest';
import type { SpokenCommand } from '../../../../src/protocol';
import { carryOut, type CarryOutParts } from '../../../../src/extension/voice/carryOut';
import type { SpokenPlace } from '../../../../src/extension/voice/place';

const command = (title: string, dangerous = false): SpokenCommand => ({
  ...{ command: title, title, dangerous, confidence: 1, source: 'grammar' },
});

function parts(answers: { confirm?: boolean; choose?: number; placeGone?: boolean } = {}) {
  const calls: string[] = [];
  const place: SpokenPlace = {
    focus: 'editor',
    document: () => undefined,
    showPartial: () => undefined,
    pin: () => undefined,
    insert: async (text) => {
      calls.push(`insert ${text}`);
      return !answers.placeGone;
    },
    dispose: () => undefined,
  };
  const made: CarryOutParts = {
    run: async ({ title }) => void calls.push(`run ${title}`),
    confirm: async ({ title }, why) => {
      calls.push(`confirm ${title} ${why}`);
      return answers.confirm ?? false;
    },
    choose: async (commands) => {
      calls.push('choose');
      return answers.choose === undefined ? undefined : commands[answers.choose];
    },
    rescue: (text) => void calls.push(`rescue ${text}`),
  };
  return { calls, place, parts: made };
}

describe('carryOut', () => {
  it('inserts text, and saves it where its place is gone', async () => {
    const there = parts();
    expect(await carryOut({ kind: 'insert', text: 'a', confidence: 1 }, there.place, there.parts)).toEqual({
      ...{ kind: 'inserted', text: 'a' },
    });
    expect(there.calls).toEqual(['insert a']);
    const gone = parts({ placeGone: true });
    expect(await carryOut({ kind: 'insert', text: 'a', confidence: 1 }, gone.place, gone.parts)).toEqual({
      ...{ kind: 'unplaced', text: 'a' },
    });
    expect(gone.calls).toEqual(['insert a', 'rescue a']);
  });

  it('runs a command, and a dangerous one never unasked', async () => {
    const safe = parts();
    await carryOut({ kind: 'run', command: command('Save') }, safe.place, safe.parts);
    expect(safe.calls).toEqual(['run Save']);
    const dangerous = parts();
    const result = await carryOut({ kind: 'run', command: command('Push', true) }, dangerous.place, dangerous.parts);
    expect(dangerous.calls).toEqual(['confirm Push dangerous']);
    expect(result).toEqual({ kind: 'declined', title: 'Push' });
  });

  it('runs what was confirmed only', async () => {
    const yes = parts({ confirm: true });
    await carryOut({ kind: 'confirm', why: 'uncertain', command: command('Fold') }, yes.place, yes.parts);
    expect(yes.calls).toEqual(['confirm Fold uncertain', 'run Fold']);
    const no = parts({ confirm: false });
    await carryOut({ kind: 'confirm', why: 'uncertain', command: command('Fold') }, no.place, no.parts);
    expect(no.calls).toEqual(['confirm Fold uncertain']);
  });

  it('runs what was chosen, and asks once more where that is dangerous', async () => {
    const commands = [command('Fold'), command('Push', true)];
    const first = parts({ choose: 0 });
    await carryOut({ kind: 'didYouMean', commands }, first.place, first.parts);
    expect(first.calls).toEqual(['choose', 'run Fold']);
    const second = parts({ choose: 1 });
    await carryOut({ kind: 'didYouMean', commands }, second.place, second.parts);
    expect(second.calls).toEqual(['choose', 'confirm Push dangerous']);
    const none = parts();
    await carryOut({ kind: 'didYouMean', commands }, none.place, none.parts);
    expect(none.calls).toEqual(['choose']);
  });

  it('does nothing for nothing, and passes the reason on', async () => {
    const { calls, place, parts: made } = parts();
    const outcome = { kind: 'none', reason: 'negated', detail: 'd' } as const;
    expect(await carryOut(outcome, place, made)).toEqual({ kind: 'nothing', reason: 'negated', detail: 'd' });
    expect(calls).toEqual([]);
  });
});
