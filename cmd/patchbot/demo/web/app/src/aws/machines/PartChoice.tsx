import { Segmented } from "../ui/Segmented";
import type { Wanted } from "./ExecutionList";

export type Part = "steps" | "executions";

/** PartChoice chooses what stands below the graph, and which executions. */
export function PartChoice(props: {
  part: Part;
  onPart: (part: Part) => void;
  steps: number;
  executions: number;
  wanted: Wanted;
  onWanted: (wanted: Wanted) => void;
}) {
  return (
    <div className="aws-part-choice">
      <Segmented
        label="Show"
        segments={[
          { value: "steps", label: `Steps${props.steps ? ` ${props.steps}` : ""}` },
          { value: "executions", label: `Executions ${props.executions}` },
        ]}
        value={props.part}
        onChange={props.onPart}
      />
      {props.part === "executions" && (
        <select
          className="aws-select"
          aria-label="Status of executions"
          value={props.wanted}
          onChange={(event) => props.onWanted(event.target.value as Wanted)}
        >
          <option value="all">All</option>
          <option value="running">Running</option>
          <option value="succeeded">Succeeded</option>
          <option value="failed">Failed</option>
        </select>
      )}
    </div>
  );
}
