import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo, useContext } from "react";
import type { StateDefinition } from "../../types";
import { Icon } from "../ui/Icon";
import { PathContext, RunningContext } from "./live";
import { iconOfType } from "./stateKinds";

export type StateNodeType = Node<{ state: StateDefinition; stubs: string[]; group: boolean }, "state">;

const markWords = { visited: "visited", current: "is here now", failed: "failed" };

export const StateNode = memo(function StateNode({ id, data, selected }: NodeProps<StateNodeType>) {
  const mark = useContext(PathContext).marks.get(id);
  const { state, stubs, group } = data;
  return (
    <div className={group ? "aws-node aws-group" : "aws-node"} data-type={state.Type} data-mark={mark} data-selected={selected}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className="aws-node-line">
        <span className="aws-node-icon">
          <Icon name={iconOfType(state.Type)} size={13} />
          {mark && mark !== "current" && (
            <span className="aws-node-mark">
              <Icon name={mark === "failed" ? "cross" : "check"} size={8} />
            </span>
          )}
        </span>
        <span className="aws-node-name">{id}</span>
        {mark && <span className="hidden-visually">, {markWords[mark]}</span>}
      </div>
      <RunningCount state={id} />
      {stubs.length > 0 && <span className="aws-node-stub">then {stubs.join(", ")}</span>}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
});

function RunningCount({ state }: { state: string }) {
  const running = useContext(RunningContext).get(state);
  return (
    !!running && (
      <span className="aws-node-count" title={`${running} running here`}>
        {running}
        <span className="hidden-visually"> running here</span>
      </span>
    )
  );
}
