import type { MachineDefinition, StateDefinition } from "../../types";
import { conditionLabel } from "./conditionLabel";
import { grouped } from "./grouped";
import { innerOf } from "./innerOf";

/** Link is a way from one state to another. */
export interface Link {
  from: string;
  to: string;
  label?: string;
  onError: boolean;
}

/** Graph is a definition seen as states and the ways between them. */
export interface Graph {
  start: string;
  states: Map<string, StateDefinition>; // each after those that lead to it
  drawn: Link[]; // what the layout is made of
  stubs: Map<string, string[]>; // ways to a hub, which are only named at the state they leave
  hidden: Link[]; // ways to a hub
  inner: Map<string, Graph[]>; // of Map and Parallel
}

// So many ways into one state would cover the graph.
const hubWays = 6;
const hubErrors = 3;

export function graphOf(definition: MachineDefinition): Graph {
  const links = linksOf(definition);
  const order = inOrder(definition.StartAt, links);
  const depth = depths(order, links);
  const into = grouped(links, (link) => link.to);
  const drawn: Link[] = [];
  const hidden: Link[] = [];
  for (const ways of into.values()) {
    const ordinary = ways.filter((link) => !link.onError);
    const errors = ways.filter((link) => link.onError);
    const tooMany = [...(ordinary.length >= hubWays ? ordinary : []), ...(errors.length >= hubErrors ? errors : [])];
    const kept = tooMany.length < ways.length ? undefined : deepest(ordinary.length ? ordinary : errors, depth);
    for (const link of ways) (tooMany.includes(link) && link !== kept ? hidden : drawn).push(link);
  }
  const stubs = new Map<string, string[]>();
  for (const { from, to, onError } of hidden) if (!onError) stubs.set(from, [...(stubs.get(from) ?? []), to]);
  const inner = new Map<string, Graph[]>();
  const states = new Map<string, StateDefinition>();
  for (const name of order) {
    const state = definition.States[name]!;
    states.set(name, state);
    const machines = innerOf(state);
    if (machines.length) inner.set(name, machines.map(graphOf));
  }
  return { start: definition.StartAt, states, drawn, stubs, hidden, inner };
}

/** The one of a hub's ways that is drawn: from the state that is farthest from the start. */
const deepest = (ways: Link[], depth: Map<string, number>) =>
  ways.toSorted((a, b) => (depth.get(b.from) ?? 0) - (depth.get(a.from) ?? 0))[0];

/** The length of the longest way to each state, without going back. */
function depths(order: string[], links: Link[]): Map<string, number> {
  const rank = new Map(order.map((name, i) => [name, i]));
  const out = grouped(links, (link) => link.from);
  const depth = new Map(order.map((name) => [name, 0]));
  for (const name of order)
    for (const { to } of out.get(name) ?? [])
      if (rank.get(to)! > rank.get(name)!) depth.set(to, Math.max(depth.get(to)!, depth.get(name)! + 1));
  return depth;
}

function linksOf(definition: MachineDefinition): Link[] {
  const links = new Map<string, Link>();
  const add = (link: Link) => {
    const key = `${link.from}\n${link.to}`;
    const known = links.get(key);
    if (!known) links.set(key, link);
    else if (known.label && link.label && !known.label.endsWith("…")) known.label += " …";
  };
  for (const [from, state] of Object.entries(definition.States)) {
    if (state.Next) add({ from, to: state.Next, onError: false });
    for (const choice of state.Choices ?? []) add({ from, to: choice.Next, label: conditionLabel(choice), onError: false });
    if (state.Default) add({ from, to: state.Default, label: "otherwise", onError: false });
    for (const { ErrorEquals, Next } of state.Catch ?? [])
      add({ from, to: Next, label: errorLabel(ErrorEquals), onError: true });
  }
  return [...links.values()];
}

/** The states in topological order but for loops, the way that goes on longest last. */
function inOrder(start: string, links: Link[]): string[] {
  const out = grouped(links, (link) => link.from);
  const done = new Set<string>();
  const onPath = new Set<string>();
  const order: string[] = [];
  const visit = (name: string) => {
    if (done.has(name) || onPath.has(name)) return;
    onPath.add(name);
    for (const link of [...(out.get(name) ?? [])].reverse()) visit(link.to);
    onPath.delete(name);
    done.add(name);
    order.unshift(name);
  };
  visit(start);
  return order;
}

const errorLabel = (errors: string[]) =>
  errors.map((error) => (error === "States.ALL" ? "any error" : error.replace(/^States\./, ""))).join(", ");
