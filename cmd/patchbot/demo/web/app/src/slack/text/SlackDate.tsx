import { useDemo } from "../../store";
import { SlackLink } from "./SlackLink";
import { formatDate } from "./date";

interface Props {
  at: number; // Unix seconds
  format: string;
  href?: string;
  fallback: string;
}

/** Draws a <!date^…> token; it is drawn anew only when its words change. */
export function SlackDate({ at, format, href, fallback }: Props) {
  const text = useDemo((s) => (s.clock ? formatDate(at * 1000, format, Date.parse(s.clock.now)) : fallback));
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const time = (
    <time dateTime={date.toISOString()} title={formatDate(at * 1000, "{date_long} {time}", at * 1000)}>
      {text}
    </time>
  );
  return href ? <SlackLink href={href}>{time}</SlackLink> : time;
}
