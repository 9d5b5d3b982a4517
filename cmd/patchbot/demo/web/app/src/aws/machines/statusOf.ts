import type { Execution } from "../../types";
import type { ToneOf } from "../ui/Tone";

const statuses: Record<Execution["status"], ToneOf> = {
  RUNNING: { tone: "busy", icon: "clock", text: "running" },
  SUCCEEDED: { tone: "good", icon: "check", text: "succeeded" },
  FAILED: { tone: "bad", icon: "cross", text: "failed" },
  TIMED_OUT: { tone: "bad", icon: "clock", text: "timed out" },
  ABORTED: { tone: "plain", icon: "cross", text: "aborted" },
};

export const statusOf = (execution: Execution): ToneOf => statuses[execution.status];

/** How an execution ended, or where it is. */
export function outcomeOf(execution: Execution): string {
  if (execution.status === "RUNNING") return execution.states.join(", ");
  return (execution.outcome ?? execution.error ?? "").replaceAll("_", " ");
}
