import type { History, Update, ViewSample } from "./types";

/** What is said where a call was not answered. */
export const noAnswer = "The demo’s server does not answer.";

/** Answer is what became of something that a person did in Slack. */
export interface Answer {
  /** What Slack shows the person when it went wrong. */
  error?: string;
  /** Why a modal was not accepted, by block_id. */
  fieldErrors?: Record<string, string>;
}

// Addresses are relative to the page's own, which holds the token.
async function post(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

/** Element is a Block Kit element of a message or a view that somebody acts on. */
export interface Element {
  actionId: string;
  blockId: string;
  /** Of a menu: the option's value, a user's or channel's id, "2026-11-25", "17:00" or Unix seconds. */
  value?: string;
}

/** What people do in Slack. Every call reaches the bot as a signed delivery. */
export const slack = {
  /** Acts on a message as it stood after so many updates. */
  act: (user: string, message: { channel: string; ts: string; edited: number }, element: Element) =>
    post("slack/act", { user, channel: message.channel, ts: message.ts, seen: message.edited, ...element }),
  /** Sends what somebody typed: a slash command, or words. */
  type: (user: string, channel: string, text: string, thread?: string) =>
    post("slack/type", { user, channel, text, thread }),
  openHome: (user: string) => post("slack/home", { user }),
  /** Acts in a view, in which something may have been entered. */
  actInView: (user: string, view: string, element: Element, inputs?: Record<string, string[]>) =>
    post("slack/view/act", { user, view, inputs, ...element }),
  submit: (user: string, view: string, inputs: Record<string, string[]>) =>
    post("slack/view/submit", { user, view, inputs }),
  close: (user: string, view: string) => post("slack/view/close", { user, view }),
  /** Makes Slack fail every call of the bot, or work again. */
  setAway: (away: boolean) => post("slack/away", { away }),
};

/** What befalls the fleet. */
export const fleet = {
  /** Lets instances miss patches, and scans them. */
  makeNonCompliant: (ids: string[]) => post("fleet/non-compliant", { ids }),
  /** Puts a freeze on, or ends it. */
  setFrozen: (frozen: boolean) => post("fleet/freeze", { frozen }),
  setOnline: (ids: string[], online: boolean) => post("fleet/online", { ids, online }),
  failNextInstall: (ids: string[], fail: boolean) => post("fleet/fail", { ids, fail }),
  /** Makes 200 more instances of several owners non-compliant at once. */
  patchDay: () => post("fleet/patch-day", {}),
};

export const clock = {
  setSpeed: (speed: number) => post("clock/speed", { speed }),
  skip: () => post("clock/skip", {}),
};

export const history = (machine: string, execution: string) =>
  get<History>(`executions/${machine}/${execution}`);

export const viewSamples = () => get<{ views: ViewSample[] }>("views").then((answer) => answer.views);

/**
 * Connection is how the page stands with the server. One that was lost comes back by itself, with a
 * reset; it has ended when the server answers, but no longer knows the page's address.
 */
export type Connection = "waiting" | "open" | "lost" | "ended";

export function listen(heard: (update: Update) => void, connection: (now: Connection) => void): () => void {
  const source = new EventSource("events");
  source.onopen = () => connection("open");
  source.onerror = () => connection(source.readyState === EventSource.CLOSED ? "ended" : "lost");
  source.onmessage = (event: MessageEvent<string>) => heard(JSON.parse(event.data) as Update);
  return () => source.close();
}

