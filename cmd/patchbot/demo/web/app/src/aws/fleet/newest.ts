import type { Execution } from "../../types";

/** The execution about each instance that was started last. */
export function newestByInstance(executions: ReadonlyMap<string, Execution>): Map<string, Execution> {
  const newest = new Map<string, Execution>();
  for (const execution of executions.values()) {
    if (!execution.instance) continue;
    const known = newest.get(execution.instance);
    if (!known || Date.parse(known.started) <= Date.parse(execution.started)) newest.set(execution.instance, execution);
  }
  return newest;
}
