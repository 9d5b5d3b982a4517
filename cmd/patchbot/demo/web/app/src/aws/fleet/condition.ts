import type { Execution, Instance } from "../../types";
import type { ToneOf } from "../ui/Tone";

/** Kind sorts what an instance is in, for the summary and its filter. */
export type Kind = "up to date" | "missing patches" | "asked" | "scheduled" | "in a freeze" | "waiting for a turn" | "patching" | "offline" | "failed";

export interface Condition extends ToneOf {
  kind: Kind;
}

const activities: Record<Exclude<Instance["activity"], "">, Condition> = {
  scanning: { kind: "patching", tone: "busy", icon: "scan", text: "scanning" },
  installing: { kind: "patching", tone: "busy", icon: "download", text: "installing" },
  rebooting: { kind: "patching", tone: "busy", icon: "reload", text: "rebooting" },
};

// The first name that an execution's state matches says what is being done.
const stages: [RegExp, Condition][] = [
  [/^Prompt User for Approval$/, { kind: "asked", tone: "wait", icon: "question", text: "asked" }],
  [/^Wait for the Schedule$/, { kind: "scheduled", tone: "wait", icon: "clock", text: "scheduled" }],
  [/^Wait for the Freeze$/, { kind: "in a freeze", tone: "wait", icon: "clock", text: "waits for a freeze to end" }],
  [/^Wait for Its Turn$/, { kind: "waiting for a turn", tone: "wait", icon: "clock", text: "waits for its turn" }],
  [/Backup|Back Up/, { kind: "patching", tone: "busy", icon: "shield", text: "backing up" }],
  [/Install|^Patch Instance$/, { kind: "patching", tone: "busy", icon: "download", text: "installing" }],
  [/Scan|Remaining|Compliance/, { kind: "patching", tone: "busy", icon: "scan", text: "checking again" }],
];

/** What an instance is in, in plain words, from itself and the newest execution about it. */
export function conditionOf(instance: Instance, execution?: Execution): Condition {
  if (instance.activity && instance.activity !== "scanning") return activities[instance.activity];
  if (instance.state !== "running")
    return { kind: "offline", tone: "plain", icon: "power", text: instance.state || "offline" };
  if (!instance.online) return { kind: "offline", tone: "plain", icon: "power", text: "offline" };
  if (execution?.status === "RUNNING") {
    const stage = stages.find(([name]) => execution.states.some((state) => name.test(state)));
    if (stage) return stage[1];
  }
  if (instance.activity === "scanning") return activities.scanning;
  const due = instance.missing > 0 || instance.rebootPending;
  if (due && execution && hasFailed(execution))
    return { kind: "failed", tone: "bad", icon: "alert", text: "failed" };
  if (instance.missing > 0)
    return { kind: "missing patches", tone: "warn", icon: "alert", text: `${patches(instance.missing)} missing` };
  if (instance.rebootPending)
    return { kind: "missing patches", tone: "warn", icon: "reload", text: "needs a reboot" };
  return { kind: "up to date", tone: "good", icon: "check", text: "up to date" };
}

/** Whether an execution ended without what it was for; one whose install failed ends as succeeded. */
const hasFailed = ({ status, outcome }: Execution) =>
  !["RUNNING", "SUCCEEDED"].includes(status) || outcome === "still_non_compliant";

export const patches = (n: number) => `${n} ${n === 1 ? "patch" : "patches"}`;
