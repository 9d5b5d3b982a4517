import type { IconName } from "../ui/Icon";

const icons: Record<string, IconName> = {
  Task: "task",
  Choice: "fork",
  Wait: "clock",
  Pass: "arrow",
  Succeed: "check",
  Fail: "cross",
  Map: "loop",
  Parallel: "fork",
};

export const iconOfType = (type: string): IconName => icons[type] ?? "arrow";
