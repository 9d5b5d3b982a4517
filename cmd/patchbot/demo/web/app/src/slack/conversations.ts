import { useEffect, useMemo } from "react";
import { useDemo } from "../store";
import type { Channel, Message, World } from "../types";
import { settle, usePlace } from "./place";

/** Conversation is what a person sees of one channel. */
export interface Conversation {
  roots: Message[]; // what the channel shows, by time: replies that were broadcast are in threads, too
  threads: ReadonlyMap<string, Message[]>; // replies by their parent's ts, by time
}

const nothing: Conversation = { roots: [], threads: new Map() };

/** Sorts all messages that a person sees into conversations, by channel. */
export function conversations(messages: Iterable<Message>, person: string): Map<string, Conversation> {
  const found = new Map<string, { roots: Message[]; threads: Map<string, Message[]> }>();
  for (const message of messages) {
    if (message.ephemeral && message.ephemeral !== person) continue;
    let conversation = found.get(message.channel);
    if (!conversation) found.set(message.channel, (conversation = { roots: [], threads: new Map() }));
    const { roots, threads } = conversation;
    const reply = message.thread === message.ts ? undefined : message.thread;
    if (!reply || message.broadcast) roots.push(message);
    if (reply && !threads.get(reply)?.push(message)) threads.set(reply, [message]);
  }
  for (const { roots, threads } of found.values()) {
    roots.sort(byTime);
    threads.forEach((replies) => replies.sort(byTime));
  }
  return found;
}

const byTime = (a: Message, b: Message) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

/** Reads what the acting person sees, by channel. */
export function useConversations(): Map<string, Conversation> {
  const messages = useDemo((s) => s.messages);
  const acting = useDemo((s) => s.acting);
  return useMemo(() => conversations(messages.values(), acting ?? ""), [messages, acting]);
}

export const conversationOf = (all: Map<string, Conversation>, channel: string | undefined) =>
  all.get(channel ?? "") ?? nothing;

/** Lists the channels and the direct messages of a person. */
export function channelsOf(world: World | undefined, person: string | undefined) {
  const mine = (world?.channels ?? []).filter((c) => c.members.includes(person ?? ""));
  return { shared: mine.filter((c) => !c.directWith), direct: mine.filter((c) => c.directWith === person) };
}

/**
 * Chooses the open channel: the one that was opened, else where a question waits for the person, else
 * where one waits for longest, else where something was said last.
 */
export function useOpenChannel(all: Map<string, Conversation>): Channel | undefined {
  const world = useDemo((s) => s.world);
  const acting = useDemo((s) => s.acting);
  const opened = usePlace((p) => p.channel);
  const { shared, direct } = channelsOf(world, acting);
  const mine = [...shared, ...direct];
  const chosen = whereToBegin(mine, all, acting ?? "")?.id;

  useEffect(() => {
    if (!opened && chosen) settle(chosen);
  }, [opened, chosen]);

  return mine.find((c) => c.id === opened) ?? mine.find((c) => c.id === chosen) ?? mine[0];
}

function whereToBegin(channels: Channel[], all: Map<string, Conversation>, person: string): Channel | undefined {
  const roots = (c: Channel) => conversationOf(all, c.id).roots;
  const first = (among: Channel[], ts: (c: Channel) => string) => among.toSorted((a, b) => (ts(a) < ts(b) ? -1 : 1))[0];
  const waiting = channels.filter((c) => roots(c).some(waits));
  const spoken = channels.filter((c) => roots(c).length > 0);
  return (
    waiting.find((c) => roots(c).some((m) => waits(m) && m.notifies.includes(person))) ??
    first(waiting, (c) => roots(c).find(waits)?.ts ?? "") ??
    spoken.toSorted((a, b) => ((roots(a).at(-1)?.ts ?? "") > (roots(b).at(-1)?.ts ?? "") ? -1 : 1))[0]
  );
}

/** Tells whether a message has buttons. */
export const waits = (message: Message) => !!message.blocks?.some((b) => b.type === "actions");
