import type { ReactNode } from "react";
import { type Connection, slack } from "../api";
import { useAct } from "../aws/ui/useAct";
import { useDemo } from "../store";
import { Icon } from "../ui/Icon";

const losses: Partial<Record<Connection, ReactNode>> = {
  lost: "The connection to the demo is lost. It is tried again; what you see may be old.",
  ended: (
    <>
      This demo has ended. Open the address that <code>patchbot demo</code> printed last.
    </>
  ),
};

/** Banners say what is wrong with the demo as a whole. */
export function Banners() {
  const connection = useDemo((s) => s.connection);
  const act = useAct();
  const away = useDemo((s) => s.slackAway);
  return (
    <div role="status" className="banners">
      {connection in losses && (
        <p className="banner banner-bad">
          <Icon name="warn" size={16} />
          <span>{losses[connection]}</span>
        </p>
      )}
      {away && (
        <p className="banner banner-warn">
          <Icon name="cloud" size={16} />
          <span>Slack is away: every call of patchbot fails. Nothing is lost; it catches up once Slack is back.</span>
          <button type="button" onClick={() => void act(slack.setAway(false))}>
            Bring Slack back
          </button>
        </p>
      )}
    </div>
  );
}
