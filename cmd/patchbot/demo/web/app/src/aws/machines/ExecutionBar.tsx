import { moment, span } from "../../clock/format";
import { useNow } from "../../clock/now";
import type { Execution, Instance } from "../../types";
import { Switch } from "../ui/Switch";
import { CopyButton } from "../ui/CopyButton";
import { Tone } from "../ui/Tone";
import { statusOf } from "./statusOf";

/** ExecutionBar says which execution the graph and the steps are about. */
export function ExecutionBar(props: {
  execution?: Execution;
  instance?: Instance;
  newest: boolean; // it is shown because it is the newest
  follow: boolean;
  onFollow: (on: boolean) => void;
  onNewest: () => void;
}) {
  const { execution } = props;
  const now = useNow(1000);
  if (!execution) return <p className="aws-noexecution">Nothing has started this state machine yet.</p>;
  const until = execution.stopped ? Date.parse(execution.stopped) : now;
  return (
    <section className="aws-execution" aria-label="Chosen execution">
      <div className="aws-execution-line">
        <strong>{props.instance?.name ?? execution.instance ?? execution.machine}</strong>
        <Tone {...statusOf(execution)} />
        {props.newest ? (
          <span className="aws-newest">newest</span>
        ) : (
          <button type="button" className="aws-link" onClick={props.onNewest}>
            Show the newest
          </button>
        )}
        <span className="aws-gap" />
        <Switch label="Follow" on={props.follow} onChange={props.onFollow} />
      </div>
      <div className="aws-execution-line aws-faint">
        <CopyButton text={execution.arn} label={`Copy the ARN of ${execution.name}`}>
          {execution.name}
        </CopyButton>
        <span className="aws-gap" />
        <span className="aws-nowrap">
          {moment(execution.started, now)} · {span(Math.max(0, until - Date.parse(execution.started)))}
        </span>
      </div>
      {execution.error && (
        <p className="aws-execution-error">
          <b>{execution.error}</b> {execution.cause}
        </p>
      )}
    </section>
  );
}
