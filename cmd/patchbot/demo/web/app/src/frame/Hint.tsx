import { useEffect, useRef, useState } from "react";
import { conversations, waits } from "../slack/conversations";
import { openMessage } from "../slack/place";
import { actAs, useDemo } from "../store";
import { Icon } from "../ui/Icon";

/** Hint tells a newcomer what to do first. It goes once more is said than the first question, or is dismissed. */
export function Hint() {
  const [dismissed, setDismissed] = useState(false);
  const world = useDemo((s) => s.world);
  const instances = useDemo((s) => s.instances);
  const question = useDemo((s) => (s.messages.size === 1 ? [...s.messages.values()].find(waits) : undefined));
  const acting = useDemo((s) => s.acting);
  const asked = world?.people.find((p) => question?.notifies.includes(p.id)) ?? world?.people[0];
  const asking = !!question;
  const shown = useRef(false);

  useEffect(() => {
    if (shown.current && !asking) setDismissed(true);
    shown.current ||= asking;
  }, [asking]);

  if (dismissed || !question || !asked) return null;

  const instance = [...instances.values()].find((i) => question.text.includes(i.id))?.name;
  const first = asked.realName.split(" ")[0];
  const seen = conversations([question], acting ?? "").has(question.channel);
  return (
    <aside className="hint" aria-label="How to begin">
      <p>
        <strong>{instance ?? "An instance"} misses patches.</strong> Press Approve as {first}, then watch both sides.
      </p>
      {(acting !== asked.id || !seen) && (
        <button
          type="button"
          className="hint-go"
          onClick={() => {
            actAs(asked.id);
            openMessage(question);
          }}
        >
          Be {first}
        </button>
      )}
      <button type="button" className="icon-button" aria-label="Dismiss hint" onClick={() => setDismissed(true)}>
        <Icon name="close" size={15} />
      </button>
    </aside>
  );
}
