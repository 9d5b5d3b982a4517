import { memo } from "react";
import { dayOf, momentOn } from "../../clock/format";
import { useNow } from "../../clock/now";
import type { Execution, Instance } from "../../types";
import { Tone } from "../ui/Tone";
import { outcomeOf, statusOf } from "./statusOf";

export type Wanted = "all" | "running" | "succeeded" | "failed";

function wants(wanted: Wanted, { status }: Execution): boolean {
  if (wanted === "all") return true;
  if (wanted === "failed") return status !== "RUNNING" && status !== "SUCCEEDED";
  return status === wanted.toUpperCase();
}

const noneWords: Record<Wanted, string> = {
  all: "yet",
  running: "is running",
  succeeded: "has succeeded",
  failed: "has failed",
};

const listedAtOnce = 200;

export const ExecutionList = memo(function ExecutionList(props: {
  executions: Execution[]; // newest first
  wanted: Wanted;
  instances: ReadonlyMap<string, Instance>;
  chosen?: string;
  onChoose: (arn: string) => void;
}) {
  const { wanted } = props;
  const today = dayOf(useNow(60_000));
  const shown = props.executions.filter((execution) => wants(wanted, execution));
  const more = shown.length - listedAtOnce;
  return (
    <>
      {!shown.length && <p className="aws-none">No execution {noneWords[wanted]}.</p>}
      <ul className="aws-executions" aria-label="Executions">
        {shown.slice(0, listedAtOnce).map((execution) => (
          <ExecutionRow
            key={execution.arn}
            execution={execution}
            name={(execution.instance && props.instances.get(execution.instance)?.name) || execution.instance || execution.name}
            today={today}
            chosen={execution.arn === props.chosen}
            onChoose={props.onChoose}
          />
        ))}
      </ul>
      {more > 0 && (
        <p className="aws-none">
          {more === 1 ? "1 older one is" : `${more} older ones are`} not listed.
          {wanted === "all" && " Choose a status above to list fewer."}
        </p>
      )}
    </>
  );
});

const ExecutionRow = memo(function ExecutionRow(props: {
  execution: Execution;
  name: string;
  today: string;
  chosen: boolean;
  onChoose: (arn: string) => void;
}) {
  const { execution } = props;
  return (
    <li>
      <button type="button" aria-current={props.chosen} onClick={() => props.onChoose(execution.arn)}>
        <span className="aws-execution-name">{props.name}</span>
        <Tone {...statusOf(execution)} />
        <span className="aws-outcome">{outcomeOf(execution)}</span>
        <time dateTime={execution.started}>{momentOn(execution.started, props.today)}</time>
      </button>
    </li>
  );
});
