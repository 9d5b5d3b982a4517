import { grouped } from "./grouped";
import type { Placed } from "./layout";

const gap = 26;
const labelRoom = 45; // beside the spine where only a way of it passes

/** Moves states that only the spine leads to next to it. The spine stands at x = 0. */
export function compact(places: Placed[], leadsOnlyFromSpine: (name: string) => boolean) {
  const own = places.filter((p) => !p.parent);
  for (const row of grouped(own, (p) => Math.round(p.y + p.height / 2)).values()) {
    for (const towards of [1, -1]) {
      const aside = row
        .filter((p) => towards * (p.x + p.width / 2) > 1)
        .sort((a, b) => towards * (a.x - b.x));
      const onSpine = row.find((p) => Math.abs(p.x + p.width / 2) <= 1);
      let edge = onSpine ? onSpine.width / 2 : labelRoom;
      for (const p of aside) {
        const near = towards > 0 ? edge + gap : -edge - gap - p.width;
        if (leadsOnlyFromSpine(p.name) && towards * (p.x - near) > 0) p.x = near;
        edge = towards > 0 ? p.x + p.width : -p.x;
      }
    }
  }
}
