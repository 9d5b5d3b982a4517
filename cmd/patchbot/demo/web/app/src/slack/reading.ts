import { shelf } from "../shelf";
import type { Message } from "../types";
import type { Conversation } from "./conversations";

// How far each person has read a channel: a ts by person/channel.
const reading = shelf<ReadonlyMap<string, string>>(new Map());

export const useReading = () => reading.use((r) => r);

export function markRead(person: string, channel: string, ts: string) {
  const key = `${person}/${channel}`;
  if ((reading.get().get(key) ?? "") < ts) reading.set(new Map(reading.get()).set(key, ts));
}

/** Counts what a person has not read of a conversation, and how much of it calls for them. */
export function unread(conversation: Conversation, person: string, readTo: string | undefined) {
  const isNew = (m: Message) => m.user !== person && m.ts > (readTo ?? "");
  const roots = conversation.roots.filter(isNew);
  const calls = [...roots, ...[...conversation.threads.values()].flat().filter((m) => isNew(m) && !m.broadcast)];
  return { any: roots.length > 0, mentions: calls.filter((m) => m.notifies.includes(person)).length };
}

/** The ts of the newest message of a conversation, its threads included. */
export function newest(conversation: Conversation): string {
  const all = [conversation.roots, ...conversation.threads.values()].map((list) => list.at(-1)?.ts ?? "");
  return all.reduce((a, b) => (a > b ? a : b), "");
}
