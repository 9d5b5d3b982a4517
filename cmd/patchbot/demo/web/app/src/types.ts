/** What the demo's server says. Times are RFC 3339 by the demo's own clock. */

/** Update is one server-sent event. Lists hold what is new or has changed, by id. */
export interface Update {
  reset?: boolean; // forget everything known before; the first update of a connection
  world?: World;
  clock?: Clock;
  slackAway?: boolean;
  frozen?: boolean; // whether a change calendar forbids to patch
  messages?: Message[]; // by channel and ts
  deleted?: { channel: string; ts: string }[];
  views?: View[]; // by id
  closedViews?: string[];
  instances?: Instance[]; // by id
  executions?: Execution[]; // by arn
  gone?: string[]; // arns of executions that are forgotten
  emails?: Email[]; // by id
}

/** World is what does not change while the demo runs. */
export interface World {
  app: {
    name: string; // e.g. "patchbot"
    user: string; // e.g. "U0…"
    command: string; // e.g. "/patch"
    commands: Suggestion[]; // one line for each subcommand
  };
  people: Person[];
  channels: Channel[];
  groups: { id: string; handle: string; members: string[] }[];
  machines: { name: string; arn: string; definition: MachineDefinition }[];
}

/** Suggestion is a line that can be typed, and what it does. */
export interface Suggestion {
  text: string; // e.g. "/patch list"
  note: string;
}

interface Person {
  id: string; // e.g. "U0K3J5QZ7AB"
  name: string; // e.g. "ada"
  realName: string; // e.g. "Ada Lovelace"
  role: string; // e.g. "Approver of payments"
}

export interface Channel {
  id: string;
  name: string; // without the #; of direct messages the app's name
  private: boolean;
  members: string[]; // ids of people, without the app
  directWith?: string; // a person's id
}

export interface Clock {
  now: string;
  speed: number; // demo seconds a second; 0 while it stands
  next?: { at: string; what: string }; // the next deadline of an execution
}

export interface Message {
  channel: string;
  ts: string; // Slack's id and time of the message, e.g. "1764086400.000000"
  thread?: string; // the parent's ts, of a reply
  broadcast?: boolean; // whether the channel shows a reply, too
  user: string; // author
  text: string; // mrkdwn; what notifications and screen readers get
  blocks?: Block[];
  ephemeral?: string; // the only person who sees it
  edited: number; // how often it was updated
  notifies: string[]; // ids of the people whom its posting notified
}

/** View is a modal, or somebody's App Home. */
export interface View {
  id: string;
  user: string; // who sees it
  type: "modal" | "home";
  hash: string;
  title: string;
  submit: string; // label; empty without
  close: string;
  blocks: Block[];
  previous?: string; // the modal below
}

/** Block is a Block Kit block, as the bot sent it. */
export type Block = { type: string; block_id?: string } & Record<string, any>;

export interface Instance {
  id: string;
  name: string;
  owner: string; // empty when unknown
  platform: string; // e.g. "Amazon Linux 2023"
  state: string; // EC2's: running, stopped, …
  online: boolean; // whether its agent answers
  missing: number; // patches
  rebootPending: boolean;
  activity: "" | "scanning" | "installing" | "rebooting";
  failNext: boolean; // whether its next install was told to fail
}

export interface Execution {
  arn: string;
  name: string;
  machine: string; // name
  instance?: string; // id
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  states: string[]; // where it is now
  events: number; // of its history; changes whenever the history does
  started: string;
  stopped?: string;
  outcome?: string; // e.g. "compliant", "rejected"
  error?: string;
  cause?: string;
}

/** History is what an execution went through, as GET executions/{machine}/{name} answers. */
export interface History {
  steps: Step[];
  dropped?: boolean; // whether the server has forgotten them
}

/** Step is one visit of a state. */
export interface Step {
  state: string;
  type: string; // e.g. "Task"
  entered: string;
  exited?: string;
  input: unknown;
  output?: unknown;
  error?: string;
  cause?: string;
}

export interface Email {
  id: string;
  at: string;
  owner: string; // whose subscribers get it
  subject: string;
  body: string; // plain text
}

/** ViewSample is a view in one state, from the golden files of the tests. */
export interface ViewSample {
  group: string; // e.g. "Messages"
  name: string; // e.g. "asked"
  text: string;
  blocks?: Block[];
}

/** MachineDefinition is a definition in the Amazon States Language. */
export interface MachineDefinition {
  Comment?: string;
  StartAt: string;
  States: Record<string, StateDefinition>;
}

export interface StateDefinition {
  Type: string;
  Comment?: string;
  Resource?: string;
  Next?: string;
  Default?: string;
  End?: boolean;
  Choices?: ({ Next: string } & Record<string, unknown>)[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  [key: string]: unknown;
}
