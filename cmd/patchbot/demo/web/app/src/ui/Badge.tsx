import "./badge.css";

/** Badge counts what is new; what is counted is read out, e.g. "2 mentions". */
export function Badge({ count, what }: { count: number; what: string }) {
  return (
    <span className="badge">
      {count}
      <span className="hidden-visually"> {what}</span>
    </span>
  );
}
