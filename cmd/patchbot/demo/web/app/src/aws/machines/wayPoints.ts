import type { Link } from "./graphOf";
import type { Placed } from "./layout";
import type { Point } from "./straighten";

/** Gives a way its ends at the borders of its states, and makes a long one straight where there is room. */
export function wayPoints(link: Link, from: Placed, to: Placed, inner: Point[], places: Placed[]): Point[] {
  const back = to.y < from.y;
  let between = inner;
  if (inner.length === 1 && !back) {
    // A label stands in the column of the state that is farther from the spine, which is at x = 0.
    const aside = Math.abs(center(to)) >= Math.abs(center(from)) ? to : from;
    between = link.label ? [{ x: center(aside), y: inner[0]!.y }] : [];
  } else if (inner.length > 1) {
    const lane = laneOf(inner, places);
    if (lane !== undefined) between = inner.map(({ y }) => ({ x: lane, y }));
  }
  if (back) return [side(from, between[0]), ...between, side(to, between.at(-1))];
  return [{ x: center(from), y: from.y + from.height }, ...between, { x: center(to), y: to.y }];
}

/** An x that is free all the way, near to where the way was. */
function laneOf(inner: Point[], places: Placed[]): number | undefined {
  const ys = inner.map((p) => p.y);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const beside = places.filter((p) => !p.parent && p.y <= bottom && p.y + p.height >= top);
  const xs = inner.map((p) => p.x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const outward = [0, 1, 2, 3, 4, 5, 6].map((n) => n * 30);
  const wanted =
    most + least > 0 ? [least, most, ...outward.map((d) => most + d)] : [most, least, ...outward.map((d) => least - d)];
  return wanted.find((x) => beside.every((p) => p.x > x + 12 || p.x + p.width < x - 12));
}

const center = (p: Placed) => p.x + p.width / 2;

const side = (p: Placed, next?: Point): Point => ({
  x: next && next.x < center(p) ? p.x : p.x + p.width,
  y: p.y + p.height / 2,
});

/** Ways to a hub share a lane beside all states, and leave and reach it between the rows. */
export function around(from: Placed, to: Placed, lane: number): Point[] {
  const out = { x: from.x + from.width - 26, y: from.y + from.height };
  const into = { x: center(to) + 20, y: to.y };
  return [out, { x: out.x, y: out.y + 15 }, { x: lane, y: out.y + 15 }, { x: lane, y: into.y - 17 }, { x: into.x, y: into.y - 17 }, into];
}
