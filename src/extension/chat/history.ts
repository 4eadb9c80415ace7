/** Conversations that survive a reload, in the workspace's own storage. */
import * as v from 'valibot';
import { turnSchema, type Turn } from '../../protocol/chatView';
import type { Log } from '../log';

export const historyVersion = 1;
export const historyKey = 'pteron.chat.history';
/** Where an unreadable history is kept instead of being thrown away. */
export const unreadableKey = 'pteron.chat.history.unreadable';
const mostConversations = 50;

const conversationSchema = v.object({ id: v.string(), createdAt: v.number(), turns: v.array(turnSchema) });
const historySchema = v.object({
  schemaVersion: v.literal(historyVersion),
  active: v.optional(v.string()),
  conversations: v.array(conversationSchema),
});
export type Conversation = v.InferOutput<typeof conversationSchema>;

/** What is used of vscode.Memento. */
export interface Storage {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

export class ChatHistory {
  private conversations: Conversation[];
  private activeId: string | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly log: Log,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {
    const { conversations, active } = this.read();
    this.conversations = conversations;
    this.activeId = active;
  }

  /** The open conversation; made on first use. */
  get active(): Conversation {
    const found = this.conversations.find((conversation) => conversation.id === this.activeId);
    return found ?? this.startNew();
  }

  /** Those with at least one turn, newest first. */
  get all(): readonly Conversation[] {
    return this.conversations.filter((conversation) => conversation.turns.length > 0);
  }

  startNew(): Conversation {
    const conversation: Conversation = { id: this.newId(), createdAt: Date.now(), turns: [] };
    this.conversations = [conversation, ...this.all].slice(0, mostConversations);
    this.activeId = conversation.id;
    return conversation;
  }

  open(id: string): void {
    if (this.conversations.some((conversation) => conversation.id === id)) this.activeId = id;
  }

  remove(id: string): void {
    this.conversations = this.conversations.filter((conversation) => conversation.id !== id);
    if (this.activeId === id) this.activeId = undefined;
  }

  /** Adds a turn to the open conversation, or replaces the one with its id. */
  put(turn: Turn): void {
    const { turns } = this.active;
    const at = turns.findIndex((existing) => existing.id === turn.id);
    if (at < 0) turns.push(turn);
    else turns[at] = turn;
  }

  async save(): Promise<void> {
    const { conversations, activeId } = this;
    await this.storage.update(historyKey, { schemaVersion: historyVersion, active: activeId, conversations });
  }

  private read(): { conversations: Conversation[]; active: string | undefined } {
    const stored = this.storage.get(historyKey);
    if (stored === undefined) return { conversations: [], active: undefined };
    const parsed = v.safeParse(historySchema, stored);
    if (!parsed.success) {
      this.log.warn(
        `The chat history could not be read (${parsed.issues[0].message}); it is kept as ${unreadableKey}.`,
      );
      void this.storage.update(unreadableKey, stored);
      return { conversations: [], active: undefined };
    }
    const conversations = parsed.output.conversations.map((conversation) => ({
      ...conversation,
      turns: conversation.turns.map(asLeft),
    }));
    return { conversations, active: parsed.output.active };
  }
}

/** An answer that was being written when the editor closed will not go on. */
function asLeft(turn: Turn): Turn {
  return turn.state === 'streaming' ? { ...turn, state: 'interrupted' } : turn;
}

/** A conversation's first question, on one line. */
export function titleOf(conversation: Conversation): string {
  return (conversation.turns[0]?.question ?? 'New chat').replace(/\s+/g, ' ').trim().slice(0, 80);
}
