import { createContext } from "react";
import type { Execution, MachineDefinition, Step } from "../../types";
import { innerOf } from "./innerOf";

type Mark = "visited" | "current" | "failed";

/** Path is what the chosen execution went through. */
export interface Path {
  marks: ReadonlyMap<string, Mark>;
  taken: ReadonlySet<string>; // ways, by wayKey
  errorPaths: boolean; // whether those are shown that it did not take
}

/** How many executions are in each state. It changes far more often than the path. */
export type Running = ReadonlyMap<string, number>;

export const PathContext = createContext<Path>({ marks: new Map(), taken: new Set(), errorPaths: false });
export const RunningContext = createContext<Running>(new Map());

export const wayKey = (from: string, to: string) => `${from}\n${to}`;

export function runningByState(executions: Execution[]): Map<string, number> {
  const running = new Map<string, number>();
  for (const { status, states } of executions)
    if (status === "RUNNING") for (const state of states) running.set(state, (running.get(state) ?? 0) + 1);
  return running;
}

export function marksOf(execution: Execution | undefined, steps: Step[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const step of steps) marks.set(step.state, step.type === "Fail" || step.error ? "failed" : "visited");
  if (execution?.status === "RUNNING") for (const state of execution.states) marks.set(state, "current");
  else if (execution && execution.status !== "SUCCEEDED")
    for (const state of execution.states) marks.set(state, "failed");
  return marks;
}

/** Ways between steps that follow each other; those inside a Map or Parallel do not end the way past it. */
export function takenOf(definition: MachineDefinition, execution: Execution | undefined, steps: Step[]): Set<string> {
  const visited = steps.map((step) => step.state);
  if (execution?.status === "RUNNING") visited.push(...execution.states.filter((state) => state !== visited.at(-1)));
  const taken = new Set<string>();
  const add = ({ States }: MachineDefinition) => {
    const own = visited.filter((state) => Object.hasOwn(States, state));
    own.slice(1).forEach((state, i) => taken.add(wayKey(own[i]!, state)));
    for (const state of Object.values(States)) innerOf(state).forEach(add);
  };
  add(definition);
  return taken;
}
