import { shelf } from "../shelf";
import { current, messageKey } from "../store";

/** Place is where the Slack window is. */
export interface Place {
  channel?: string; // without one: where a question waits
  home: boolean; // the app's Home instead of the channel
  thread?: string; // the open thread's parent
  mark?: { ts: string; at: number }; // the message to show, and when it was asked for
  refused?: string; // why the last link led nowhere
}

const place = shelf<Place>({ home: false });

export const usePlace = place.use;

export const openChannel = (channel: string) => place.set({ channel, home: false });

/** Stays at a channel that was chosen for the person, whatever happens to its question. */
export const settle = (channel: string) => place.set({ ...place.get(), channel });

export const openHomeTab = () => place.set({ ...place.get(), home: true, thread: undefined });

export const openThread = (channel: string, thread: string) => place.set({ channel, thread, home: false });

export const closeThread = () => place.set({ ...place.get(), thread: undefined, mark: undefined });

export const dismissRefusal = () => place.set({ ...place.get(), refused: undefined });

/** Opens a channel, or a thread of it, at a message. */
export function openMessage({ channel, ts, thread }: { channel: string; ts: string; thread?: string }) {
  const { world, acting, messages } = current();
  const member = world?.channels.find((c) => c.id === channel)?.members.includes(acting ?? "");
  if (!member || !messages.has(messageKey({ channel, ts }))) {
    const refused = member ? "That message is gone." : "That message is in a conversation that you are not a member of.";
    place.set({ ...place.get(), refused });
    return;
  }
  if (location.hash !== "#/") location.hash = "#/";
  place.set({ channel, home: false, thread, mark: { ts, at: performance.now() } });
}
