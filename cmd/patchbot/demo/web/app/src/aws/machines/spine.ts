import { grouped } from "./grouped";
import type { Graph } from "./graphOf";

/** The longest way through a graph but for short detours, e.g. over a state that only adds something. */
export function spineOf({ start, states, drawn }: Graph): string[] {
  const rank = new Map([...states.keys()].map((name, i) => [name, i]));
  const forward = drawn.filter((link) => !link.onError && (rank.get(link.to) ?? 0) > (rank.get(link.from) ?? 0));
  const out = grouped(forward, (link) => link.from);
  const next = (name: string) => (out.get(name) ?? []).map((link) => link.to);

  const left = new Map<string, number>();
  for (const name of [...states.keys()].reverse())
    left.set(name, Math.max(0, ...next(name).map((to) => (left.get(to) ?? 0) + 1)));

  const spine = [start];
  for (;;) {
    const here = next(spine.at(-1)!);
    // Of equals the last, for the rules of a choice stand from the special to the usual.
    const farthest = here.toSorted((a, b) => left.get(a)! - left.get(b)!).at(-1);
    if (farthest === undefined) return spine;
    const [only, ...others] = next(farthest);
    spine.push(only !== undefined && !others.length && here.includes(only) ? only : farthest);
  }
}
