import { useState } from "react";
import { fleet } from "../../api";
import { useAct } from "../ui/useAct";

export function FleetTools({ words, onWords }: { words: string; onWords: (words: string) => void }) {
  const act = useAct();
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
