import { describe, expect, it } from 'vitest';
import type { InterpretSpeechParams } from '../../../../src/protocol';
import { PteronError } from '../../../../src/protocol';
import { interpretUtterance, type InterpreterOptions } from '../../../../src/extension/voice/interpreter';
import type { SpokenPlace } from '../../../../src/extension/voice/place';

const place = {
  focus: 'editor',
  document: () => ({ languageId: 'python', text: 'x = 1', offset: 5 }),
} as unknown as SpokenPlace;
const bad = new PteronError('invalid_argument', 'The voice phrases are not valid: 0.command: missing.', 'Correct it.');

function options(change: Partial<InterpreterOptions> = {}) {
  const asked: InterpretSpeechParams[] = [];
  const problems: string[] = [];
  const made: InterpreterOptions = {
    interpret: async (params) => {
      asked.push(params);
      if (params.phrases?.length) throw bad;
      return { heard: params.alternatives[0] ?? '', outcome: { kind: 'insert', text: 'x', confidence: 1 } };
    },
    files: async () => ['a.py'],
    extensionCommands: async () => [{ id: 'a.run', title: 'Run' }],
    phrases: () => [],
    mode: () => 'auto',
    cleanUp: () => false,
    chatModel: async () => undefined,
    onBadPhrases: ({ message }) => void problems.push(message),
    ...change,
  };
  return { asked, problems, made };
}

describe('interpretUtterance', () => {
  it('hands over the place, the files, the palette and the chat model', async () => {
    const { asked, made } = options({ chatModel: async () => 'talker', mode: () => 'dictation', cleanUp: () => true });
    await interpretUtterance(['x'], place, made);
    expect(asked).toEqual([
      {
        alternatives: ['x'],
        document: { languageId: 'python', text: 'x = 1', offset: 5 },
        focus: 'editor',
        mode: 'dictation',
        cleanUp: true,
        files: ['a.py'],
        extensionCommands: [{ id: 'a.run', title: 'Run' }],
        model: 'talker',
      },
    ]);
  });

  it('sends no more alternatives than the engine takes', async () => {
    const { asked, made } = options();
    await interpretUtterance(
      Array.from({ length: 40 }, () => 'x'),
      place,
      made,
    );
    expect(asked[0]?.alternatives).toHaveLength(16);
  });

  it('tells of phrases that cannot be used, and understands the utterance without them', async () => {
    const { asked, problems, made } = options({ phrases: () => [{ say: 'x' }] });
    const { outcome } = await interpretUtterance(['x'], place, made);
    expect(outcome.kind).toBe('insert');
    expect(asked.map(({ phrases }) => phrases?.length)).toEqual([1, undefined]);
    expect(problems).toEqual([bad.message]);
  });

  it('does not blame the phrases for what fails without them too', async () => {
    const interpret: InterpreterOptions['interpret'] = async () => {
      throw bad;
    };
    const { problems, made } = options({ phrases: () => [{}], interpret });
    await expect(interpretUtterance(['x'], place, made)).rejects.toBe(bad);
    expect(problems).toEqual([]);
  });
});
