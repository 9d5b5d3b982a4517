const months = "January February March April May June July August September October November December".split(" ");
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const two = (n: number) => String(n).padStart(2, "0");

/**
 * Fills the tokens of a date format, as Slack does for <!date^…>, in the browser's zone and on a
 * clock of 24 hours. Now is the demo's; both times are in milliseconds.
 */
export function formatDate(at: number, format: string, now: number): string {
  const date = new Date(at);
  const then = new Date(now);
  return format.replace(/\{([a-z_]+)\}/g, (_, name: string, offset: number) => {
    const text = token(date, then, name);
    return offset === 0 ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  });
}

/** Writes a message's time as HH:MM. */
export const timeOfDay = (at: number) => formatDate(at, "{time}", at);

/** Converts Slack's ts of a message, or Unix seconds, to milliseconds. */
export const tsTime = (ts: string) => Number(ts) * 1000;

function token(at: Date, now: Date, name: string): string {
  if (name.endsWith("_pretty")) {
    const near = nearDay(at, now);
    if (near) return near;
    name = name.slice(0, -"_pretty".length);
    if (name === "day_divider") return `${days[at.getDay()]}, ${dayOfMonth(at)}${yearUnlessNow(at, now)}`;
  }
  const month = months[at.getMonth()]!;
  const year = at.getFullYear();
  switch (name) {
    case "date_num":
      return `${year}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    case "date_slash":
      return `${two(at.getDate())}/${two(at.getMonth() + 1)}/${year}`;
    case "date":
      return dayOfMonth(at) + yearUnlessNow(at, now);
    case "date_short":
      return `${month.slice(0, 3)} ${at.getDate()}, ${year}`;
    case "date_long":
      return `${days[at.getDay()]}, ${dayOfMonth(at)}, ${year}`;
    case "date_long_full":
      return `${month} ${at.getDate()}, ${year}`;
    case "time":
      return `${two(at.getHours())}:${two(at.getMinutes())}`;
    case "time_secs":
      return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
    case "ago":
      return ago(now.getTime() - at.getTime());
  }
  return `{${name}}`;
}

function nearDay(at: Date, now: Date): string | undefined {
  const names = ["yesterday", "today", "tomorrow"];
  return names.find((_, i) => {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + i - 1);
    return day.toDateString() === at.toDateString();
  });
}

const yearUnlessNow = (at: Date, now: Date) => (at.getFullYear() === now.getFullYear() ? "" : `, ${at.getFullYear()}`);

function dayOfMonth(at: Date): string {
  const day = at.getDate();
  const ending = Math.floor(day / 10) === 1 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th");
  return `${months[at.getMonth()]} ${day}${ending}`;
}

function ago(passed: number): string {
  const day = 86_400_000;
  const units: [string, number][] = [
    ["year", 365 * day],
    ["month", 30 * day],
    ["day", day],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
  ];
  for (const [name, length] of units) {
    const n = Math.floor(Math.abs(passed) / length);
    if (n < 1) continue;
    const amount = n === 1 ? `1 ${name}` : `${n} ${name}s`;
    return passed < 0 ? `in ${amount}` : `${amount} ago`;
  }
  return "just now";
}
