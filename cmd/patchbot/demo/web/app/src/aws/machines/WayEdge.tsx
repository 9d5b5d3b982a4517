import { type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, useContext } from "react";
import type { Point, Way } from "./layout";
import { PathContext, wayKey } from "./live";

export type WayEdgeType = Edge<{ way: Way }, "way">;

export const WayEdge = memo(function WayEdge({ data }: EdgeProps<WayEdgeType>) {
  const path = useContext(PathContext);
  const way = data!.way;
  const taken = path.taken.has(wayKey(way.from, way.to));
  if (way.toHub && !taken && !(way.onError && path.errorPaths)) return null;
  const line = way.square ? cornered(way.points) : rounded(way.points);
  return (
    <>
      <path
        className="aws-way"
        data-taken={taken}
        data-error={way.onError}
        d={line}
        fill="none"
        markerEnd={`url(#aws-arrow${taken ? "-taken" : ""})`}
      />
      {way.label && way.labelAt && (
        <EdgeLabelRenderer>
          <span
            className="aws-way-label"
            data-taken={taken}
            aria-hidden="true"
            style={{ transform: `translate(-50%, -50%) translate(${way.labelAt.x}px, ${way.labelAt.y}px)` }}
          >
            {way.label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** A curve that passes the points upright. */
function rounded(points: Point[]): string {
  return points.slice(1).reduce((path, to, i) => {
    const from = points[i]!;
    const half = (from.y + to.y) / 2;
    return `${path} C${from.x},${half} ${to.x},${half} ${to.x},${to.y}`;
  }, `M${points[0]!.x},${points[0]!.y}`);
}

/** Right angles with round corners. */
function cornered(points: Point[]): string {
  const radius = 8;
  return points.slice(1).reduce((path, p, i) => {
    const next = points[i + 2];
    if (!next) return `${path} L${p.x},${p.y}`;
    const before = towards(p, points[i]!, radius);
    const after = towards(p, next, radius);
    return `${path} L${before.x},${before.y} Q${p.x},${p.y} ${after.x},${after.y}`;
  }, `M${points[0]!.x},${points[0]!.y}`);
}

/** The point so far from one point in the direction of another, at most half the way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(distance / length, 0.5);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
