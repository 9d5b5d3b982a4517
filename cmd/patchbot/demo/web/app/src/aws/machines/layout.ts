import dagre from "@dagrejs/dagre";
import type { MachineDefinition, StateDefinition } from "../../types";
import { type Graph, graphOf, type Link } from "./graphOf";
import { grouped } from "./grouped";

export interface Point {
  x: number;
  y: number;
}

/** Placed is a state with its place; that of an inner state is relative to its parent's. */
export interface Placed {
  name: string;
  state: StateDefinition;
  parent?: string;
  x: number;
  y: number;
  width: number;
  height: number;
  stubs: string[];
}

export interface Way extends Link {
  points: Point[];
  labelAt?: Point;
  toHub: boolean; // drawn only when it was taken, or on request
}

export interface Layout {
  places: Placed[]; // parents first
  ways: Way[];
  start: string;
}

export const nodeSize = { width: 176, height: 46 };
const header = 34;
const margin = 16;

const known = new WeakMap<MachineDefinition, Layout>();

/** Where the states of a machine stand; worked out once a definition. */
export function layoutOf(definition: MachineDefinition): Layout {
  let layout = known.get(definition);
  if (!layout) known.set(definition, (layout = { ...arrange(graphOf(definition)), start: definition.StartAt }));
  return layout;
}

interface Arranged {
  places: Placed[];
  ways: Way[];
  width: number;
  height: number;
}

function arrange(graph: Graph): Arranged {
  const inside = new Map([...graph.inner].map(([name, graphs]) => [name, beside(graphs.map(arrange))]));
  const g = new dagre.graphlib.Graph();
  g.setGraph({ rankdir: "TB", nodesep: 26, ranksep: 34, edgesep: 14, marginx: margin, marginy: margin });
  for (const name of graph.states.keys()) {
    const inner = inside.get(name);
    g.setNode(name, inner ? { width: inner.width, height: inner.height + header } : { ...nodeSize });
  }
  const left = longestWay(graph);
  for (const link of graph.drawn) {
    const straight = !link.onError && left.get(link.from) === (left.get(link.to) ?? -1) + 1;
    const label = link.label ? { width: link.label.length * 5.6 + 8, height: 16, labelpos: "c" } : {};
    g.setEdge(link.from, link.to, { weight: straight ? 12 : 1, ...label });
  }
  dagre.layout(g);

  const places: Placed[] = [];
  const ways: Way[] = [];
  for (const [name, state] of graph.states) {
    const { x, y, width, height } = g.node(name) as Required<Point & typeof nodeSize>;
    const corner = { x: x - width / 2, y: y - height / 2 };
    places.push({ name, state, ...corner, width, height, stubs: graph.stubs.get(name) ?? [] });
    const inner = inside.get(name);
    if (!inner) continue;
    places.push(...inner.places.map((p) => (p.parent ? p : { ...p, parent: name, y: p.y + header })));
    ways.push(...inner.ways.map((way) => moved(way, corner.x, corner.y + header)));
  }
  for (const link of graph.drawn) {
    const edge = g.edge(link.from, link.to);
    const labelAt = link.label && edge.x !== undefined ? { x: edge.x, y: edge.y! } : undefined;
    ways.push({ ...link, points: edge.points!, labelAt, toHub: false });
  }
  const { width = 0, height = 0 } = g.graph();
  const at = new Map(places.filter((p) => !p.parent).map((p) => [p.name, p]));
  graph.hidden.forEach((link) =>
    ways.push({ ...link, label: undefined, points: around(at.get(link.from)!, at.get(link.to)!, width), toHub: true }),
  );
  return { places, ways, width, height };
}

/** Ways to a hub share a lane beside all states. */
function around(from: Placed, to: Placed, lane: number): Point[] {
  const out = { x: from.x + from.width, y: from.y + from.height / 2 };
  const into = { x: to.x + to.width, y: to.y + to.height / 2 };
  return [out, { x: lane, y: out.y }, { x: lane, y: into.y }, into];
}

/** How many steps the longest way from each state still has; it becomes the straight line of the graph. */
function longestWay({ states, drawn }: Graph): Map<string, number> {
  const rank = new Map([...states.keys()].map((name, i) => [name, i]));
  const out = grouped(drawn, (link) => link.from);
  const left = new Map<string, number>();
  for (const name of [...states.keys()].reverse()) {
    const next = (out.get(name) ?? []).filter((l) => !l.onError && (rank.get(l.to) ?? 0) > (rank.get(name) ?? 0));
    left.set(name, Math.max(0, ...next.map((l) => (left.get(l.to) ?? 0) + 1)));
  }
  return left;
}

function beside(parts: Arranged[]): Arranged {
  let x = 0;
  const all: Arranged = { places: [], ways: [], width: 0, height: 0 };
  for (const part of parts) {
    all.places.push(...part.places.map((p) => (p.parent ? p : { ...p, x: p.x + x })));
    all.ways.push(...part.ways.map((way) => moved(way, x, 0)));
    x += part.width;
    all.height = Math.max(all.height, part.height);
  }
  all.width = x;
  return all;
}

function moved(way: Way, dx: number, dy: number): Way {
  const move = (p: Point) => ({ x: p.x + dx, y: p.y + dy });
  return { ...way, points: way.points.map(move), labelAt: way.labelAt && move(way.labelAt) };
}
