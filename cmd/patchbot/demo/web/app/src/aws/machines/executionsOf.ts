import type { Execution } from "../../types";

/** The executions of a machine, the newest first. */
export function executionsOf(machine: string | undefined, all: ReadonlyMap<string, Execution>): Execution[] {
  return [...all.values()]
    .filter((execution) => execution.machine === machine)
    .map((execution, i) => ({ execution, i, started: Date.parse(execution.started) }))
    .sort((a, b) => b.started - a.started || b.i - a.i)
    .map(({ execution }) => execution);
}
