import { memo } from "react";
import type { Instance } from "../../types";
import { CopyButton } from "../ui/CopyButton";
import { Icon } from "../ui/Icon";
import { Tone, type ToneOf } from "../ui/Tone";
import { RowMenu } from "./RowMenu";

interface Props extends ToneOf {
  instance: Instance;
  execution?: string; // arn of the newest one
  selected: boolean;
  onSelect: (id: string, on: boolean) => void;
  onOpenExecution: (arn: string) => void;
}

export const FleetRow = memo(function FleetRow(props: Props) {
  const { instance, execution, onOpenExecution } = props;
  return (
    <div className="aws-tr" role="row" data-selected={props.selected}>
      <div role="cell">
        <input
          type="checkbox"
          aria-label={`Select ${instance.name}`}
          checked={props.selected}
          onChange={(event) => props.onSelect(instance.id, event.target.checked)}
        />
      </div>
      <div role="cell" className="aws-who">
        <span className="aws-name">{instance.name}</span>
        <CopyButton text={instance.id}>{instance.id}</CopyButton>
        <span className="aws-narrow">
          {instance.owner || "owner unknown"} · {instance.platform}
        </span>
      </div>
      <div role="cell" className="aws-wide">
        {instance.owner || <em>unknown</em>}
      </div>
      <div role="cell" className="aws-wide">
        {instance.platform}
      </div>
      <div role="cell" className="aws-number">
        <span className="aws-missing" data-some={instance.missing > 0}>
          {instance.missing}
        </span>
      </div>
      <div role="cell" className="aws-state">
        <Tone tone={props.tone} icon={props.icon} text={props.text} />
        {instance.failNext && (
          <span className="aws-failnext">
            <Icon name="flag" size={11} />
            next patch fails
          </span>
        )}
        {execution && (
          <button
            type="button"
            className="aws-link aws-open"
            aria-label={`execution of ${instance.name}`}
            onClick={() => onOpenExecution(execution)}
          >
            execution
            <Icon name="chevron" size={10} />
          </button>
        )}
      </div>
      <div role="cell">
        <RowMenu instance={instance} />
      </div>
    </div>
  );
});
