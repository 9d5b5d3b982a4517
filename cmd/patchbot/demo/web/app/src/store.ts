import { useSyncExternalStore } from "react";
import { type Connection, listen } from "./api";
import type { Clock, Email, Execution, Instance, Message, Update, View, World } from "./types";

/** State is all that the page knows. It is replaced, never changed. */
export interface State {
  connection: Connection;
  world?: World;
  clock?: Clock;
  clockHeard: number; // performance.now() when the clock was heard
  slackAway: boolean;
  frozen: boolean; // whether a change calendar forbids to patch
  messages: ReadonlyMap<string, Message>; // by channel/ts, in the order of posting
  views: ReadonlyMap<string, View>;
  instances: ReadonlyMap<string, Instance>;
  executions: ReadonlyMap<string, Execution>;
  emails: ReadonlyMap<string, Email>;
  acting?: string; // id of the person whose eyes we look through
}

const empty: State = {
  connection: "waiting",
  clockHeard: 0,
  slackAway: false,
  frozen: false,
  messages: new Map(),
  views: new Map(),
  instances: new Map(),
  executions: new Map(),
  emails: new Map(),
};

let state = empty;
const listeners = new Set<() => void>();

function set(next: State) {
  state = next;
  listeners.forEach((tell) => tell());
}

function merged<T>(known: ReadonlyMap<string, T>, changed: T[] | undefined, key: (item: T) => string) {
  if (!changed?.length) return known;
  const next = new Map(known);
  for (const item of changed) next.set(key(item), item);
  return next;
}

function without<T>(known: ReadonlyMap<string, T>, gone: string[] | undefined) {
  if (!gone?.length) return known;
  const next = new Map(known);
  for (const key of gone) next.delete(key);
  return next;
}

export const messageKey = (m: { channel: string; ts: string }) => `${m.channel}/${m.ts}`;

/** Applies an update to what was known. */
function apply(before: State, update: Update): State {
  const known = update.reset ? { ...empty, connection: before.connection, acting: before.acting } : before;
  return {
    ...known,
    world: update.world ?? known.world,
    acting: known.acting ?? update.world?.people[0]?.id,
    clock: update.clock ?? known.clock,
    clockHeard: update.clock ? performance.now() : known.clockHeard,
    slackAway: update.slackAway ?? known.slackAway,
    frozen: update.frozen ?? known.frozen,
    messages: without(merged(known.messages, update.messages, messageKey), update.deleted?.map(messageKey)),
    views: without(merged(known.views, update.views, (v) => v.id), update.closedViews),
    instances: merged(known.instances, update.instances, (i) => i.id),
    executions: without(merged(known.executions, update.executions, (e) => e.arn), update.gone),
    emails: merged(known.emails, update.emails, (e) => e.id),
  };
}

const postListeners = new Set<(posted: Message[]) => void>();

/** Hears of messages that were posted while the page watched, but not of those that a reset brought. */
export function onPosted(tell: (posted: Message[]) => void): () => void {
  postListeners.add(tell);
  return () => postListeners.delete(tell);
}

export function connect() {
  return listen(
    (update) => {
      const known = state.messages;
      set(apply(state, update));
      const posted = update.reset ? [] : (update.messages ?? []).filter((m) => !known.has(messageKey(m)));
      if (posted.length) postListeners.forEach((tell) => tell(posted));
    },
    (connection) => set({ ...state, connection }),
  );
}

export const actAs = (person: string) => set({ ...state, acting: person });

/** Gives what is known now, to what does not draw. */
export const current = () => state;

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Reads from the state; the selector must give the same value for the same state. */
export function useDemo<T>(select: (state: State) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}
