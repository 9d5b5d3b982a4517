import { useEffect, useState } from "react";
import { useDemo } from "../store";

/** The demo's time in milliseconds, carried on since the server last told it. */
export function useNow(everyMs: number): number {
  const clock = useDemo((state) => state.clock);
  const heard = useDemo((state) => state.clockHeard);
  const [tick, setTick] = useState(() => performance.now());
  const speed = clock?.speed ?? 0;
  useEffect(() => {
    if (!speed) return;
    const timer = setInterval(() => setTick(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [speed, everyMs]);
  if (!clock) return 0;
  return Date.parse(clock.now) + Math.max(0, tick - heard) * speed;
}
