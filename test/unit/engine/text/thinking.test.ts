import { describe, expect, it } from 'vitest';
import { endsInThought, knowsThinking, Thinking } from '../../../../src/engine/text/thinking';

function part(text: string, { opened = false, size = text.length } = {}) {
  const deltas: string[] = [];
  const thinking = new Thinking(opened, (delta) => deltas.push(delta));
  let answer = '';
  for (let at = 0; at < text.length; at += Math.max(1, size)) answer += thinking.push(text.slice(at, at + size));
  answer += thinking.finish();
  return { answer, thoughts: thinking.thoughts, streamed: deltas.join('') };
}

describe.each([1, 2, 5, 1000])('a text in pieces of %i', (size) => {
  it('is parted into thoughts and answer', () => {
    const { answer, thoughts, streamed } = part('<think>\nIs it < 3?\nNo.\n</think>\n\nIt is 4.\n', { size });
    expect({ answer, thoughts }).toEqual({ answer: 'It is 4.\n', thoughts: 'Is it < 3?\nNo.' });
    expect(streamed.trimEnd()).toBe(thoughts);
  });

  it('may begin inside the thoughts', () => {
    expect(part('So be it.</think>Yes.', { opened: true, size })).toMatchObject({
      answer: 'Yes.',
      thoughts: 'So be it.',
    });
  });

  it('may have empty thoughts or none', () => {
    expect(part('<think>\n\n</think>\n\nYes.', { size })).toEqual({ answer: 'Yes.', thoughts: '', streamed: '' });
    expect(part('\n 1 <think> 2', { size })).toMatchObject({ answer: '\n 1 <think> 2', thoughts: '' });
    expect(part('<thin air', { size })).toMatchObject({ answer: '<thin air', thoughts: '' });
    expect(part('<thin', { size })).toMatchObject({ answer: '<thin', thoughts: '' });
  });

  it('has no answer where the thoughts do not end', () => {
    expect(part('<think>Hm </thi', { size })).toMatchObject({ answer: '', thoughts: 'Hm </thi' });
  });

  it('keeps later markers in the answer', () => {
    expect(part('<think>a</think>b <think>c</think>', { size }).answer).toBe('b <think>c</think>');
  });
});

it('knows prompts and templates that think', () => {
  expect(endsInThought('<|im_start|>assistant\n<think>\n')).toBe(true);
  expect(endsInThought('<think>\n\n</think>\n\n')).toBe(false);
  expect(knowsThinking('{% if enable_thinking %}')).toBe(true);
  expect(knowsThinking('{{ messages }}')).toBe(false);
});
