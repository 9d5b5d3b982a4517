import type { MachineDefinition } from "../../types";
import { Icon } from "../ui/Icon";
import { findState } from "./innerOf";
import { iconOfType } from "./stateKinds";

/** StateCard says what a state of the graph is for. */
export function StateCard(props: { name: string; definition: MachineDefinition; onClose: () => void }) {
  const state = findState(props.definition, props.name);
  if (!state) return null;
  return (
    <aside className="aws-card" aria-label={`About ${props.name}`}>
      <header>
        <Icon name={iconOfType(state.Type)} size={14} />
        <strong>{props.name}</strong>
        <button type="button" className="aws-iconbutton" aria-label="Close" title="Close" onClick={props.onClose}>
          <Icon name="cross" size={12} />
        </button>
      </header>
      {state.Comment && <p>{state.Comment}</p>}
      <p className="aws-card-type">
        {state.Type}
        {state.Resource && <code>{state.Resource.replace(/^arn:[^:]+:states:::/, "")}</code>}
      </p>
    </aside>
  );
}
