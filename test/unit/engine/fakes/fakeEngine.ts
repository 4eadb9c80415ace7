/** An engine over a temporary store and the fake addon: everything but the model is real. */
import { basename, dirname, join } from 'node:path';
import { compose } from '../../../../src/engine/compose';
import type { Engine } from '../../../../src/engine/engine';
import type { ModelRegistry } from '../../../../src/engine/models/registry';
import { readModelFolder } from '../../../../src/engine/models/store';
import { loadTokenizer, type Tokenizer } from '../../../../src/engine/text/tokenizer';
import type { EngineActivity } from '../../../../src/protocol';
import { FakeAddon, type FakeBehaviour, type FakeSession } from './fakeAddon';
import { fixtures, type TemporaryStore, temporaryStore } from './temporaryStore';

export interface FakeEngine {
  readonly engine: Engine;
  readonly registry: ModelRegistry;
  readonly addon: FakeAddon;
  readonly store: TemporaryStore;
  readonly activities: EngineActivity[];
  /** The newest program's sessions, in order of their making. */
  sessions(): FakeSession[];
  /** The text of a session's cache, as the model would see it. */
  seenBy(session: FakeSession): string;
  dispose(): Promise<void>;
}

export interface FakeEngineOptions {
  /** The text that follows a prompt; its tokens may be given instead. */
  readonly answer?: (prompt: string) => string | readonly number[];
  readonly beforeToken?: (index: number) => Promise<void>;
  readonly constants?: Readonly<Record<string, number>>;
}

const fixtureModels = ['tiny-gemma3', 'tiny-llama'] as const;

/** Models 'tiny-gemma3' (completion) and 'tiny-llama' (chat) are in the store. */
export async function fakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const store = await temporaryStore();
  await store.add('tiny-gemma3');
  await store.add('tiny-llama', { role: 'chat' });
  const behaviours = new Map<string, FakeBehaviour>();
  for (const id of fixtureModels) behaviours.set(id, await behaviourOf(id, options));
  const addon = new FakeAddon((path) => behaviours.get(basename(dirname(path))) ?? behaviours.get('tiny-gemma3')!);
  const activities: EngineActivity[] = [];
  const onActivity = (activity: EngineActivity) => void activities.push(activity);
  const { engine, registry } = compose({ addon: () => addon, home: store.home, onActivity });
  return {
    engine,
    registry,
    addon,
    store,
    activities,
    sessions: () => addon.programs.at(-1)!.sessions,
    seenBy: ({ tokens, behaviour }) => decode(tokens, behaviour.tokenizer),
    async dispose() {
      await engine.dispose();
      await store.remove();
    },
  };
}

async function behaviourOf(id: string, options: FakeEngineOptions): Promise<FakeBehaviour> {
  const tokenizer = await loadTokenizer(join(fixtures, id, 'tokenizer.json'));
  const { manifest } = await readModelFolder(join(fixtures, id));
  return {
    tokenizer,
    eos: manifest.tokens.eos[0]!,
    continuation: (prompt) => {
      const answer = options.answer?.(decode(prompt, tokenizer)) ?? '';
      return typeof answer === 'string' ? tokenizer.encode(answer) : answer;
    },
    ...(options.beforeToken ? { beforeToken: options.beforeToken } : {}),
    ...(options.constants ? { constants: options.constants } : {}),
  };
}

function decode(ids: readonly number[], tokenizer: Tokenizer): string {
  return new TextDecoder().decode(Buffer.concat(ids.map((id) => tokenizer.bytes(id))));
}
