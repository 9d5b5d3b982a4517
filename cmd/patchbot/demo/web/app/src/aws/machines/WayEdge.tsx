import { type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, useContext } from "react";
import type { Point, Way } from "./layout";
import { LiveContext, wayKey } from "./live";

export type WayEdgeType = Edge<{ way: Way }, "way">;

export const WayEdge = memo(function WayEdge({ data }: EdgeProps<WayEdgeType>) {
  const live = useContext(LiveContext);
  const way = data!.way;
  const taken = live.taken.has(wayKey(way.from, way.to));
  if (way.toHub && !taken && !(way.onError && live.errorPaths)) return null;
  const path = way.toHub ? cornered(way.points) : rounded(way.points);
  return (
    <>
      <path
        className="aws-way"
        data-taken={taken}
        data-error={way.onError}
        d={path}
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

/** A curve that bends at the layout's points without touching the inner ones. */
function rounded(points: Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]];
  let path = `M${first.x},${first.y}`;
  rest.slice(0, -1).forEach((p, i) => {
    const next = rest[i + 1]!;
    const end = i === rest.length - 2 ? next : { x: (p.x + next.x) / 2, y: (p.y + next.y) / 2 };
    path += ` Q${p.x},${p.y} ${end.x},${end.y}`;
  });
  return rest.length > 1 ? path : `${path} L${rest[0]!.x},${rest[0]!.y}`;
}

/** Right angles with small round corners. */
function cornered(points: Point[]): string {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const r = 10;
  const down = c.y > b.y ? 1 : -1;
  return `M${a.x},${a.y} H${b.x - r} Q${b.x},${b.y} ${b.x},${b.y + r * down} V${c.y - r * down} Q${c.x},${c.y} ${c.x - r},${c.y} H${d.x}`;
}
