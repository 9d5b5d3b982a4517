import { useRef } from "react";
import { slack } from "../api";
import { useAct } from "../aws/ui/useAct";
import { useDemo } from "../store";
import { Icon } from "../ui/Icon";

/** Banners say what is wrong with the demo as a whole. */
export function Banners() {
  const connected = useDemo((s) => s.connected);
  const act = useAct();
  const away = useDemo((s) => s.slackAway);
  const everConnected = useRef(false);
  everConnected.current ||= connected;
  const lost = everConnected.current && !connected;
  return (
    <div role="status" className="banners">
      {lost && (
        <p className="banner banner-bad">
          <Icon name="warn" size={16} />
          <span>The connection to the demo is lost. It is tried again; what you see may be old.</span>
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
