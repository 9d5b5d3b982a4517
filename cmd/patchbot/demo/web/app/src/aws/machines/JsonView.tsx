import { CopyButton } from "../ui/CopyButton";

/** JsonView shows a value whose objects and lists can be closed. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  return (
    <section className="aws-json" aria-label={label}>
      <header>
        {label}
        <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy the ${label.toLowerCase()}`} />
      </header>
      <div className="aws-json-tree">
        <Value value={value} depth={0} last />
      </div>
    </section>
  );
}

function Value({ name, value, depth, last }: { name?: string; value: unknown; depth: number; last: boolean }) {
  const key = name !== undefined && (
    <>
      <span className="aws-json-key">{JSON.stringify(name)}</span>:{" "}
    </>
  );
  const comma = last ? "" : ",";
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (!entries.length)
    return (
      <div className="aws-json-line">
        {key}
        <span className={`aws-json-${value === null ? "null" : typeof value}`}>{JSON.stringify(value) ?? "undefined"}</span>
        {comma}
      </div>
    );
  const list = Array.isArray(value);
  const [before, after] = list ? ["[", "]"] : ["{", "}"];
  return (
    <details open={depth < 2 && entries.length <= 40}>
      <summary>
        {key}
        {before}
        <span className="aws-json-closed">
          {" "}
          {entries.length} {list ? (entries.length === 1 ? "item" : "items") : entries.length === 1 ? "key" : "keys"} {after}
          {comma}
        </span>
      </summary>
      <div className="aws-json-inner">
        {entries.map(([k, v], i) => (
          <Value key={k} name={list ? undefined : k} value={v} depth={depth + 1} last={i === entries.length - 1} />
        ))}
      </div>
      <div className="aws-json-line">
        {after}
        {comma}
      </div>
    </details>
  );
}
