import { shelf } from "../../shelf";
import { current, messageKey, onPosted } from "../../store";
import type { Message } from "../../types";
import { channelName } from "../text/names";
import { plainText } from "../text/plain";

/** Notice is a notification as one person got it. */
export interface Notice {
  id: string;
  person: string;
  where: string; // e.g. "#payments"
  text: string; // plain
  message: { channel: string; ts: string; thread?: string };
  seen: boolean;
  shown: boolean; // still on the screen of the person
}

const kept = 20; // for each person

const notices = shelf<readonly Notice[]>([]); // newest first

export const useNotices = () => notices.use((n) => n);

/** Makes notices of the messages that are posted from now on; a person's newest takes the place of what is shown. */
export const watchNotices = () =>
  onPosted((posted) => {
    const fresh = posted.flatMap((m) => m.notifies.map((person) => noticeOf(m, person)));
    if (!fresh.length) return;
    const count = new Map<string, number>();
    const all = [...fresh.reverse(), ...notices.get()].flatMap((n) => {
      const place = count.get(n.person) ?? 0;
      count.set(n.person, place + 1);
      if (place >= kept) return [];
      return place > 0 && n.shown ? [{ ...n, shown: false }] : [n];
    });
    notices.set(all);
  });

function noticeOf(message: Message, person: string): Notice {
  const { world, clock } = current();
  const channel = world?.channels.find((c) => c.id === message.channel);
  return {
    id: `${person}/${messageKey(message)}`,
    person,
    where: channel?.directWith ? "Direct message" : `#${channelName(world, message.channel)}`,
    text: plainText(message.text, world, clock ? Date.parse(clock.now) : Number(message.ts) * 1000),
    message: { channel: message.channel, ts: message.ts, thread: message.thread },
    seen: false,
    shown: person === current().acting,
  };
}

const change = (which: (n: Notice) => boolean, how: Partial<Notice>) =>
  notices.set(notices.get().map((n) => (which(n) ? { ...n, ...how } : n)));

export const hide = (id: string) => change((n) => n.id === id, { shown: false });

/** Leaves nothing on the screen that another person got. */
export const hideOthers = (person: string) => change((n) => n.person !== person && n.shown, { shown: false });

export const see = (person: string) => change((n) => n.person === person, { seen: true, shown: false });

export const seeOne = (id: string) => change((n) => n.id === id, { seen: true, shown: false });
