import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadChatTemplate } from '../../../../src/engine/text/chatTemplate';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pteron-template-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function template(source: string) {
  const path = join(folder, 'chat_template.jinja');
  await writeFile(path, source);
  return loadChatTemplate(path, { bos: '<bos>', eos: '<eos>' });
}
const messages = [{ role: 'user', content: 'Hello' }] as const;

it('renders the conversation up to the answer', async () => {
  const { render } = await template(
    '{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}' +
      '{% if add_generation_prompt %}[assistant]{% endif %}',
  );
  expect(render(messages)).toBe('<bos>[user]Hello<eos>[assistant]');
});

it('lets a model think only if asked to, where the template knows of that', async () => {
  const qwen3 = await template(
    '{% if add_generation_prompt %}assistant:{% if enable_thinking is defined and enable_thinking is false %}' +
      '<think></think>{% endif %}{% endif %}',
  );
  expect(qwen3.knowsThinking).toBe(true);
  expect(qwen3.render(messages)).toBe('assistant:<think></think>');
  expect(qwen3.render(messages, true)).toBe('assistant:');
  expect((await template('{{ messages[0].content }}')).knowsThinking).toBe(false);
});

it.each([
  ['does not parse', '{% for m in messages %}'],
  ['raises', "{{ raise_exception('Roles must alternate') }}"],
])('reports a template that %s', async (_, source) => {
  const render = async () => (await template(source)).render(messages);
  await expect(render()).rejects.toMatchObject({ code: 'template_invalid' });
});

it('reports a template that is not there', async () => {
  const missing = loadChatTemplate(join(folder, 'none.jinja'), { bos: '', eos: '' });
  await expect(missing).rejects.toMatchObject({ code: 'template_invalid' });
});
