import { fleet } from "../../api";
import type { Instance } from "../../types";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useAct } from "../ui/useAct";

/** BulkBar acts on all selected instances. */
export function BulkBar({ instances, onClear }: { instances: Instance[]; onClear: () => void }) {
  const act = useAct();
  const ids = instances.map((instance) => instance.id);
  return (
    <div className="aws-bulk" role="toolbar" aria-label="Selected instances">
      <span className="aws-bulk-count">{ids.length} selected</span>
      <button type="button" className="aws-button" onClick={() => void act(fleet.makeNonCompliant(ids))}>
        Make non-compliant
      </button>
      <Menu
        label="More for the selected instances"
        className="aws-button"
        button={
          <>
            More
            <Icon name="down" size={12} />
          </>
        }
        items={() => [
          { label: "Take offline", onChoose: () => void act(fleet.setOnline(ids, false)) },
          { label: "Bring online", onChoose: () => void act(fleet.setOnline(ids, true)) },
          { label: "Let the next patch fail", onChoose: () => void act(fleet.failNextInstall(ids, true)) },
          { label: "Let the next patch succeed", onChoose: () => void act(fleet.failNextInstall(ids, false)) },
        ]}
      />
      <button type="button" className="aws-iconbutton" aria-label="Clear the selection" title="Clear the selection" onClick={onClear}>
        <Icon name="cross" size={14} />
      </button>
    </div>
  );
}
