import { expect, it } from 'vitest';
import * as v from 'valibot';
import { chatPage } from '../../../../src/extension/chat/page';
import { fromViewSchema, toViewSchema } from '../../../../src/protocol/chatView';

it('lets only its own script and stylesheet load', () => {
  const page = chatPage({
    scriptUri: 'https://x/chat.js',
    styleUri: 'https://x/chat.css',
    cspSource: 'https://x',
    nonce: 'abc',
  });
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'nonce-abc'");
  expect(policy).not.toContain('unsafe');
  expect(page.match(/<script/g)).toHaveLength(1);
});

it('accepts no message of another shape in either direction', () => {
  const fromView = (message: unknown) => v.is(fromViewSchema, message);
  expect(fromView({ type: 'send', text: 'hello' })).toBe(true);
  expect(fromView({ type: 'openLink', href: 'https://example.org' })).toBe(true);
  for (const wrong of [null, 'send', { type: 'send' }, { type: 'send', text: '' }, { type: 'run', text: 'x' }]) {
    expect(fromView(wrong)).toBe(false);
  }
  for (const href of ['javascript:alert(1)', 'command:x', 'file:///etc/passwd']) {
    expect(fromView({ type: 'openLink', href })).toBe(false);
  }
  expect(v.is(toViewSchema, { type: 'delta', turn: 't', text: 'x' })).toBe(true);
  expect(v.is(toViewSchema, { type: 'delta', turn: 't', text: 7 })).toBe(false);
});
