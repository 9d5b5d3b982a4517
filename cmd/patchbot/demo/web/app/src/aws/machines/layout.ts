import dagre from "@dagrejs/dagre";
import type { MachineDefinition, StateDefinition } from "../../types";
import { type Graph, graphOf, type Link } from "./graphOf";
import { compact } from "./compact";
import { grouped } from "./grouped";
import { spineOf } from "./spine";
import { type Point, rowShift } from "./straighten";
import { around, wayPoints } from "./wayPoints";

export type { Point };

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

export const nodeSize = { width: 190, height: 46 };
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
  const spine = spineOf(graph);
  const after = new Map(spine.map((name, i) => [name, spine[i + 1]]));
  for (const link of graph.drawn) {
    const straight = after.get(link.from) === link.to;
    const label = link.label ? { width: link.label.length * 5.6 + 8, height: 16, labelpos: "c" } : {};
    g.setEdge(link.from, link.to, { weight: straight ? 12 : 1, ...label });
  }
  dagre.layout(g);

  const line = spine.flatMap((name) => {
    const next = after.get(name);
    return [g.node(name) as Point, ...(next === undefined ? [] : (g.edge(name, next).points as Point[]).slice(1, -1))];
  });
  const shift = rowShift(line);
  const places: Placed[] = [];
  const ways: Way[] = [];
  for (const [name, state] of graph.states) {
    const { x, y, width, height } = g.node(name) as Required<Point & typeof nodeSize>;
    const corner = { x: x + shift(y) - width / 2, y: y - height / 2 };
    places.push({ name, state, ...corner, width, height, stubs: graph.stubs.get(name) ?? [] });
    const inner = inside.get(name);
    if (!inner) continue;
    places.push(...inner.places.map((p) => (p.parent ? p : { ...p, parent: name, y: p.y + header })));
    ways.push(...inner.ways.map((way) => moved(way, corner.x, corner.y + header)));
  }
  const spineSet = new Set(spine);
  const into = grouped(graph.drawn, (link) => link.to);
  compact(places, (name) => (into.get(name) ?? []).every((link) => spineSet.has(link.from)));
  const at = new Map(places.filter((p) => !p.parent).map((p) => [p.name, p]));
  for (const link of graph.drawn) {
    const edge = g.edge(link.from, link.to);
    const inner = (edge.points as Point[]).slice(1, -1).map(({ x, y }) => ({ x: x + shift(y), y }));
    const points = wayPoints(link, at.get(link.from)!, at.get(link.to)!, inner, places);
    const labelAt = link.label && edge.y !== undefined ? points.find((p) => Math.abs(p.y - edge.y!) < 1) : undefined;
    ways.push({ ...link, points, labelAt, toHub: false });
  }
  const lane = rightmost(places, ways) + 2 * margin;
  graph.hidden.forEach((link) =>
    ways.push({ ...link, label: undefined, points: around(at.get(link.from)!, at.get(link.to)!, lane), toHub: true }),
  );
  return atOrigin({ places, ways, width: lane, height: g.graph().height ?? 0 });
}

const rightmost = (places: Placed[], ways: Way[]) =>
  Math.max(
    ...places.filter((p) => !p.parent).map((p) => p.x + p.width),
    ...ways.flatMap((way) => way.points.map((p) => p.x)),
  );

/** Moves everything so that it begins at the left margin. */
function atOrigin({ places, ways, width, height }: Arranged): Arranged {
  const left = Math.min(
    ...places.filter((p) => !p.parent).map((p) => p.x),
    ...ways.flatMap((way) => way.points.map((p) => p.x)),
  );
  const dx = margin - left;
  return {
    places: places.map((p) => (p.parent ? p : { ...p, x: p.x + dx })),
    ways: ways.map((way) => moved(way, dx, 0)),
    width: width + dx,
    height,
  };
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
