import type { Link } from "./graphOf";
import type { Placed } from "./layout";
import type { Point } from "./straighten";

const intoGap = 13; // from a row to where ways run between it and the next

/** The points of a way down: from the middle of a state's bottom to that of the next one's top. */
export function pointsDown(link: Link, from: Placed, to: Placed, inner: Point[], places: Placed[]): Point[] {
  let between = inner;
  if (inner.length === 1) {
    // A label stands in the column of the state that is farther from the spine, which is at x = 0.
    const aside = Math.abs(center(to)) >= Math.abs(center(from)) ? to : from;
    between = link.label ? [{ x: center(aside), y: inner[0]!.y }] : [];
  } else if (inner.length > 1) {
    const ys = inner.map((p) => p.y);
    const lane = laneOf(inner, Math.min(...ys), Math.max(...ys), places);
    if (lane !== undefined) between = inner.map(({ y }) => ({ x: lane, y }));
  }
  return [{ x: center(from), y: from.y + from.height }, ...between, { x: center(to), y: to.y }];
}

/** The corners of a way back up: sideways to a free lane and back, or between the rows where a state is in the way. */
export function cornersBack(from: Placed, to: Placed, inner: Point[], places: Placed[]): Point[] {
  const others = places.filter((p) => p !== from && p !== to);
  const lane = laneOf(inner, to.y, from.y - 1, others) ?? inner[0]?.x ?? from.x - intoGap;
  const blocked = (place: Placed) =>
    others.some(
      (p) =>
        !p.parent &&
        Math.abs(middle(p) - middle(place)) < p.height / 2 &&
        p.x < Math.max(lane, center(place)) &&
        p.x + p.width > Math.min(lane, center(place)),
    );
  const leftOf = (place: Placed) => lane < center(place);
  const end = (place: Placed) => {
    if (!blocked(place))
      return [{ x: leftOf(place) ? place.x : place.x + place.width, y: middle(place) }, { x: lane, y: middle(place) }];
    const x = leftOf(place) ? place.x + 22 : place.x + place.width - 22;
    return [{ x, y: place.y }, { x, y: place.y - intoGap }, { x: lane, y: place.y - intoGap }];
  };
  return [...end(from), ...end(to).reverse()];
}

/** Ways to a hub share a lane beside all states, and leave and reach it between the rows. */
export function cornersAround(from: Placed, to: Placed, lane: number): Point[] {
  const out = { x: from.x + from.width - 26, y: from.y + from.height };
  const into = { x: center(to) + 20, y: to.y };
  const [below, above] = [out.y + intoGap + 2, into.y - intoGap - 4];
  return [out, { x: out.x, y: below }, { x: lane, y: below }, { x: lane, y: above }, { x: into.x, y: above }, into];
}

/** An x that is free all the way, near to where the way was. */
function laneOf(inner: Point[], top: number, bottom: number, places: Placed[]): number | undefined {
  const beside = places.filter((p) => !p.parent && p.y <= bottom && p.y + p.height >= top);
  const xs = inner.map((p) => p.x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const outward = [0, 1, 2, 3, 4, 5, 6].map((n) => n * 30);
  const wanted =
    most + least > 0 ? [least, most, ...outward.map((d) => most + d)] : [most, least, ...outward.map((d) => least - d)];
  return wanted.find((x) => beside.every((p) => p.x > x + 12 || p.x + p.width < x - 12));
}

const center = (p: Placed) => p.x + p.width / 2;
const middle = (p: Placed) => p.y + p.height / 2;
