import { Icon } from "../../ui/Icon";
import { dismissRefusal, usePlace } from "../place";

/** Refusal says why a link led nowhere. */
export function Refusal() {
  const refused = usePlace((p) => p.refused);
  if (!refused) return null;
  return (
    <div className="slack-refusal" role="alert">
      <span>{refused}</span>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={dismissRefusal}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
