import type { Execution } from "../../types";

/**
 * The execution that tells about each instance: of those that run the first, since a later one ends
 * as ignored; else the last that ended otherwise; else the last.
 */
export function newestByInstance(executions: ReadonlyMap<string, Execution>): Map<string, Execution> {
  const newest = new Map<string, Execution>();
  for (const execution of executions.values()) {
    if (!execution.instance) continue;
    const known = newest.get(execution.instance);
    if (!known || tellsMore(execution, known)) newest.set(execution.instance, execution);
  }
  return newest;
}

function tellsMore(execution: Execution, known: Execution): boolean {
  const rank = rankOf(execution);
  if (rank !== rankOf(known)) return rank > rankOf(known);
  const later = Date.parse(execution.started) - Date.parse(known.started);
  return execution.status === "RUNNING" ? later < 0 : later >= 0;
}

function rankOf({ status, outcome }: Execution): number {
  if (status === "RUNNING") return 2;
  return outcome === "ignored" ? 0 : 1;
}
