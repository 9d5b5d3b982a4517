import { useCallback, useEffect, useRef, useState } from "react";
import { useNow } from "../../clock/now";
import type { Execution } from "../../types";
import { StepRow } from "./StepRow";
import type { Read } from "./useHistory";
import "./steps.css";

export function StepList(props: {
  read: Read;
  execution?: Execution;
  follow: boolean;
  onShow: (state: string) => void;
}) {
  const { read, execution, follow, onShow } = props;
  const { steps } = read;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (follow) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [follow, steps.length]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const now = useNow(1000);
  const toggle = useCallback(
    (index: number, state: string) => {
      onShow(state);
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(index)) next.add(index);
        return next;
      });
    },
    [onShow],
  );
  if (!execution) return <p className="aws-none">Choose an execution to see its steps.</p>;
  return (
    <>
      {read.dropped && <p className="aws-none">Its history is gone: only the newest 500 are kept.</p>}
      {read.failed && (
        <p className="aws-none" role="status">
          The history could not be read. It is read again with the next event.
        </p>
      )}
      <ol ref={list} className="aws-steps" aria-label="Steps">
        {steps.map((step, index) => (
          <StepRow
            key={index}
            index={index}
            step={step}
            open={open.has(index)}
            now={step.exited || execution.status !== "RUNNING" ? 0 : now}
            onToggle={toggle}
          />
        ))}
      </ol>
    </>
  );
}
