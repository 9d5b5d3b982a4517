import type { KeyboardEvent } from "react";
import type { Layout } from "./layout";

const directions: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** Moves the focus from a state to the nearest one in the arrow's direction, or selects it. */
export function moveByKey(event: KeyboardEvent, layout: Layout, select: (name?: string) => void) {
  const node = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node");
  const name = node?.dataset.id;
  if (!node || !name) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    select(name);
  } else if (event.key === "Escape") {
    select(undefined);
  }
  const direction = directions[event.key];
  if (!direction) return;
  event.preventDefault();
  const next = nearest(layout, name, direction);
  if (!next) return;
  select(next);
  event.currentTarget.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)?.focus();
}

function nearest(layout: Layout, name: string, [dx, dy]: [number, number]): string | undefined {
  const centers = new Map<string, { x: number; y: number }>();
  const corners = new Map<string, { x: number; y: number }>();
  for (const p of layout.places) {
    const parent = p.parent === undefined ? { x: 0, y: 0 } : corners.get(p.parent)!;
    const corner = { x: parent.x + p.x, y: parent.y + p.y };
    corners.set(p.name, corner);
    centers.set(p.name, { x: corner.x + p.width / 2, y: corner.y + p.height / 2 });
  }
  const from = centers.get(name)!;
  let best: string | undefined;
  let least = Infinity;
  for (const [other, at] of centers) {
    const along = (at.x - from.x) * dx + (at.y - from.y) * dy;
    const aside = Math.abs((at.x - from.x) * dy) + Math.abs((at.y - from.y) * dx);
    if (along < 8) continue;
    const far = along + aside * 2;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}
