import { useDemo } from "../store";
import { clockTime, dayOf } from "./format";
import { useNow } from "./now";

export function DemoTime() {
  const speed = useDemo((state) => state.clock?.speed ?? 0);
  const now = useNow(speed > 1 ? 66 : 250);
  return (
    <div className="clock-time" role="timer" aria-label="Demo time">
      <span className={speed ? "clock-dot" : "clock-dot clock-stands"} aria-hidden="true" />
      <span className="clock-day">{now ? dayOf(now) : "No time yet"}</span>
      <span className="clock-now">{now ? clockTime(now) : "--:--:--"}</span>
    </div>
  );
}
