import { memo, useId } from "react";
import { span } from "../../clock/format";
import type { Step } from "../../types";
import { Icon } from "../ui/Icon";
import { JsonView } from "./JsonView";
import { iconOfType } from "./stateKinds";

export const StepRow = memo(function StepRow(props: {
  index: number;
  step: Step;
  open: boolean;
  now: number; // of a step that still runs
  onToggle: (index: number, state: string) => void;
}) {
  const { index, step, open, now } = props;
  const id = useId();
  const until = step.exited ? Date.parse(step.exited) : now;
  const bad = !!step.error || step.type === "Fail";
  return (
    <li className="aws-step" data-bad={bad} data-runs={!step.exited && now > 0}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => props.onToggle(index, step.state)}
      >
        <span className="aws-step-dot">
          <Icon name={bad ? "cross" : step.exited ? "check" : "clock"} size={10} />
        </span>
        <span className="aws-step-name">{step.state}</span>
        <span className="aws-step-type">
          <Icon name={iconOfType(step.type)} size={11} />
          {step.type}
        </span>
        <span className="aws-step-time">{until ? span(Math.max(0, until - Date.parse(step.entered))) : ""}</span>
        {step.error && (
          <span className="aws-step-error">
            <b>{step.error}</b> {step.cause}
          </span>
        )}
      </button>
      {open && (
        <div className="aws-step-data" id={id}>
          <JsonView label="Input" value={step.input} />
          {step.output !== undefined && <JsonView label="Output" value={step.output} />}
        </div>
      )}
    </li>
  );
});
