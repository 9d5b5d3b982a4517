const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

export const clockTime = (ms: number) => seconds.format(ms);
export const dayOf = (ms: number) => day.format(ms).replace(",", "");

/** A moment's time, with the day when that is not today. */
export const moment = (at: string, now: number) => momentOn(at, dayOf(now));

export function momentOn(at: string, today: string): string {
  const ms = Date.parse(at);
  const day = dayOf(ms);
  return day === today ? time.format(ms) : `${day}, ${time.format(ms)}`;
}

/** A duration in its two largest units, e.g. "71 h 58 min". */
export function span(ms: number): string {
  const s = ms / 1000;
  if (s < 1) return `${Math.max(0, Math.round(ms))} ms`;
  if (s < 10) return `${Math.round(s * 10) / 10} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return two(Math.floor(s / 60), "min", Math.floor(s % 60), "s");
  if (s < 100 * 3600) return two(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min");
  return two(Math.floor(s / 86400), "d", Math.floor((s % 86400) / 3600), "h");
}

const two = (a: number, unitA: string, b: number, unitB: string) => `${a} ${unitA}${b ? ` ${b} ${unitB}` : ""}`;
