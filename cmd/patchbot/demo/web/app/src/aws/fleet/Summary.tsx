import { Fragment } from "react";
import type { Condition, Kind } from "./condition";

const kinds: Kind[] = ["up to date", "missing patches", "asked", "scheduled", "in a freeze", "waiting for a turn", "patching", "offline", "failed"];

/** Summary counts the instances by state; each number filters the table. */
export function Summary(props: { conditions: Condition[]; kind?: Kind; onKind: (kind?: Kind) => void }) {
  const count = (kind: Kind) => props.conditions.filter((condition) => condition.kind === kind).length;
  const total = props.conditions.length;
  return (
    <div className="aws-summary" role="group" aria-label="Summary">
      <button type="button" aria-pressed={!props.kind} onClick={() => props.onKind(undefined)}>
        <b>{total}</b> {total === 1 ? "instance" : "instances"}
      </button>
      {kinds
        .filter((kind) => kind === props.kind || count(kind))
        .map((kind) => (
          <Fragment key={kind}>
            <span aria-hidden="true">·</span>
            <button
              type="button"
              data-kind={kind}
              aria-pressed={kind === props.kind}
              onClick={() => props.onKind(kind === props.kind ? undefined : kind)}
            >
              <b>{count(kind)}</b> {kind}
            </button>
          </Fragment>
        ))}
    </div>
  );
}
