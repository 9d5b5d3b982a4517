import { useState } from "react";
import { fleet } from "../../api";
import { useDemo } from "../../store";
import { Switch } from "../ui/Switch";
import { useAct } from "../ui/useAct";

export function FleetTools({ words, onWords }: { words: string; onWords: (words: string) => void }) {
  const act = useAct();
  const frozen = useDemo((state) => state.frozen);
  const [starting, setStarting] = useState(false);
  return (
    <div className="aws-fleet-tools">
      <input
        className="aws-input"
        type="search"
        aria-label="Filter instances"
        placeholder="Filter by name, owner, state…"
        value={words}
        onChange={(event) => onWords(event.target.value)}
      />
      <span title="The change calendar release-freeze is closed for a day: what is approved waits until it opens. Only an emergency of two people goes through.">
        <Switch label="Freeze" on={frozen} onChange={(on) => void act(fleet.setFrozen(on))} />
      </span>
      <button
        type="button"
        className="aws-primary"
        disabled={starting}
        title="Patch baselines approve a patch for the whole fleet on one day: 200 more instances of several owners miss it at once."
        onClick={() => {
          setStarting(true);
          void act(fleet.patchDay()).finally(() => setStarting(false));
        }}
      >
        Patch day: 200 at once
      </button>
    </div>
  );
}
