import dagre from "@dagrejs/dagre";
import type { MachineDefinition, StateDefinition } from "../../types";
import { type Graph, graphOf, type Link } from "./graphOf";
import { compact } from "./compact";
import { grouped } from "./grouped";
import { spineOf } from "./spine";
import { type Point, rowShift } from "./straighten";
import { cornersAround, cornersBack, pointsDown } from "./wayPoints";

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
  square: boolean; // the points are corners, or else a curve passes them
  labelAt?: Point;
  toHub: boolean; // drawn only when it was taken, or on request
}

export interface Layout {
  places: Placed[]; // parents first
  ways: Way[];
  start: string;
}

const nodeSize = { width: 190, height: 46 };
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
  const spine = spineOf(graph);
  const g = ranked(graph, inside, spine);
  const innerPoints = (link: { from: string; to: string }) => (g.edge(link.from, link.to).points as Point[]).slice(1, -1);
  const shift = rowShift(
    spine.flatMap((name, i) => {
      const next = spine[i + 1];
      return [g.node(name) as Point, ...(next === undefined ? [] : innerPoints({ from: name, to: next }))];
    }),
  );

  const places = [...graph.states].map(([name, state]): Placed => {
    const { x, y, width, height } = g.node(name) as Required<Point & typeof nodeSize>;
    return { name, state, x: x + shift(y) - width / 2, y: y - height / 2, width, height, stubs: graph.stubs.get(name) ?? [] };
  });
  const into = grouped(graph.drawn, (link) => link.to);
  compact(places, (name) => (into.get(name) ?? []).every((link) => spine.includes(link.from)));

  const at = new Map(places.map((place) => [place.name, place]));
  const ways = graph.drawn.map((link): Way => {
    const [from, to] = [at.get(link.from)!, at.get(link.to)!];
    const inner = innerPoints(link).map(({ x, y }) => ({ x: x + shift(y), y }));
    const square = to.y < from.y;
    const points = square ? cornersBack(from, to, inner, places) : pointsDown(link, from, to, inner, places);
    const labelY = g.edge(link.from, link.to).y;
    const labelAt = labelY === undefined ? undefined : points.find((p) => Math.abs(p.y - labelY) < 1);
    return { ...link, points, square, labelAt, toHub: false };
  });
  const lane = rightmost(places, ways) + 2 * margin;
  for (const { from, to, onError } of graph.hidden) {
    const points = cornersAround(at.get(from)!, at.get(to)!, lane);
    ways.push({ from, to, onError, points, square: true, toHub: true });
  }
  for (const [name, { places: inner, ways: innerWays }] of inside) {
    const { x, y } = at.get(name)!;
    places.push(...inner.map((p) => (p.parent ? p : { ...p, parent: name, y: p.y + header })));
    ways.push(...innerWays.map((way) => moved(way, x, y + header)));
  }
  return atOrigin({ places, ways, width: lane, height: g.graph().height ?? 0 });
}

/** Lets dagre find the rows of the states, and their order in each. */
function ranked(graph: Graph, inside: Map<string, Arranged>, spine: string[]) {
  const g = new dagre.graphlib.Graph();
  g.setGraph({ rankdir: "TB", nodesep: 26, ranksep: 34, edgesep: 14, marginx: margin, marginy: margin });
  for (const name of graph.states.keys()) {
    const inner = inside.get(name);
    g.setNode(name, inner ? { width: inner.width, height: inner.height + header } : { ...nodeSize });
  }
  const after = new Map(spine.map((name, i) => [name, spine[i + 1]]));
  for (const { from, to, label } of graph.drawn) {
    const room = label ? { width: label.length * 5.6 + 8, height: 16, labelpos: "c" } : {};
    g.setEdge(from, to, { weight: after.get(from) === to ? 12 : 1, ...room });
  }
  dagre.layout(g);
  return g;
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
