import { useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { slack } from "../../api";
import { moment } from "../../clock/format";
import { useNow } from "../../clock/now";
import { useDemo } from "../../store";
import { Icon } from "../ui/Icon";
import { Switch } from "../ui/Switch";
import { useAct } from "../ui/useAct";
import { Mail } from "./Mail";
import "./inbox.css";

export function Inbox(props: { read: ReadonlySet<string>; onRead: (id: string) => void }) {
  const { read, onRead } = props;
  const emails = useDemo((state) => state.emails);
  const away = useDemo((state) => state.slackAway);
  const act = useAct();
  const now = useNow(10_000);
  const [openId, setOpenId] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const newestFirst = useMemo(
    () => [...emails.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    [emails],
  );
  const open = openId === undefined ? undefined : emails.get(openId);
  const back = () => {
    flushSync(() => setOpenId(undefined));
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(openId ?? "")}"]`)?.focus();
  };
  return (
    <div className="aws-inbox">
      <div className="aws-away" data-away={away}>
        <Switch label="Slack is away" on={away} describedBy="aws-away-why" onChange={(on) => void act(slack.setAway(on))} />
        <p id="aws-away-why">
          {away
            ? "Slack refuses every call now, so patchbot sends an email instead. Owners decide on the page that it links to."
            : "While Slack cannot be reached, patchbot sends an email instead. Owners decide on the page that it links to."}
        </p>
      </div>
      {!newestFirst.length ? (
        <div className="aws-empty">
          <Icon name="mail" size={28} />
          <strong>No email was needed</strong>
          <p>
            patchbot writes emails only when Slack cannot be reached. Switch Slack off above (“Slack is away”), then
            make an instance non-compliant.
          </p>
        </div>
      ) : (
        <div className="aws-mails" data-open={!!open}>
          <ul ref={list} className="aws-maillist" aria-label="Emails">
            {newestFirst.map((email) => (
              <li key={email.id}>
                <button
                  type="button"
                  data-id={email.id}
                  aria-current={email.id === openId}
                  data-unread={!read.has(email.id)}
                  onClick={() => {
                    setOpenId(email.id);
                    onRead(email.id);
                  }}
                >
                  {!read.has(email.id) && <span className="hidden-visually">Unread: </span>}
                  <span className="aws-mail-subject">{email.subject}</span>
                  <span className="aws-mail-line">
                    <span>to {email.owner}</span>
                    <time dateTime={email.at}>{moment(email.at, now)}</time>
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {open ? (
            <Mail email={open} now={now} onBack={back} />
          ) : (
            <p className="aws-nomail">Choose an email to read it.</p>
          )}
        </div>
      )}
    </div>
  );
}
