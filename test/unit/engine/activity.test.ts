import { expect, it } from 'vitest';
import { Activity } from '../../../src/engine/activity';
import type { EngineActivity } from '../../../src/protocol';

it('reports the newest thing that has not ended, and each change once', () => {
  const seen: EngineActivity[] = [];
  const activity = new Activity((current) => seen.push(current));
  const chat = { state: 'working', what: 'chat', model: 'a' } as const;
  const loading = { state: 'loading', model: 'b' } as const;
  const endChat = activity.begin(chat);
  const endLoading = activity.begin(loading);
  endLoading();
  endLoading();
  endChat();
  expect(seen).toEqual([chat, loading, chat, { state: 'idle' }]);
});
