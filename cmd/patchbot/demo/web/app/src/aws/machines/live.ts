import { createContext } from "react";
import type { Execution, Step } from "../../types";

export type Mark = "visited" | "current" | "failed";

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

/** Ways between steps that follow each other. Steps of concurrent iterations mix, so only ways that exist are drawn. */
export function takenOf(execution: Execution | undefined, steps: Step[]): Set<string> {
  const taken = new Set<string>();
  for (let i = 1; i < steps.length; i++) taken.add(wayKey(steps[i - 1]!.state, steps[i]!.state));
  const last = steps.at(-1);
  if (execution?.status === "RUNNING" && last)
    for (const state of execution.states) if (state !== last.state) taken.add(wayKey(last.state, state));
  return taken;
}
