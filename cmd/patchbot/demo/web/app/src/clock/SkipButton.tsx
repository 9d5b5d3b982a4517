import { clock as server } from "../api";
import { Icon } from "../aws/ui/Icon";
import { useAct } from "../aws/ui/useAct";
import { useDemo } from "../store";
import { span } from "./format";
import { useNow } from "./now";

/** SkipButton moves the demo's clock to when the next execution stops waiting. */
export function SkipButton() {
  const act = useAct();
  const next = useDemo((state) => state.clock?.next);
  const now = useNow(1000);
  const left = next ? Date.parse(next.at) - now : 0;
  const when = left < 1000 ? "now" : `in ${span(left)}`;
  const what = next ? `${when}: ${next.what}` : "Nothing waits: no execution has a deadline";
  return (
    <button
      type="button"
      className="clock-skip"
      aria-disabled={!next}
      title={what}
      onClick={() => next && void act(server.skip())}
    >
      <Icon name="skip" size={14} />
      <span className="clock-skip-words">
        <span className="clock-skip-label">Skip to the next deadline</span>{" "}
        <span className="clock-skip-what">{what}</span>
        <span className="clock-skip-when" aria-hidden="true">
          {next ? when : "Nothing waits"}
        </span>
      </span>
    </button>
  );
}
