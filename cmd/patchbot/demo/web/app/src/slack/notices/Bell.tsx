import { useDemo } from "../../store";
import { Avatar } from "../../ui/Avatar";
import { Badge } from "../../ui/Badge";
import { Icon } from "../../ui/Icon";
import { Popover } from "../../ui/Popover";
import { openMessage } from "../place";
import { timeOfDay, tsTime } from "../text/date";
import { see, seeOne, useNotices } from "./notices";
import "./notices.css";

/** Bell holds the last notifications of the acting person. */
export function Bell() {
  const acting = useDemo((s) => s.acting) ?? "";
  const app = useDemo((s) => s.world?.app.user) ?? "";
  const mine = useNotices().filter((n) => n.person === acting);
  const unseen = mine.filter((n) => !n.seen).length;

  return (
    <Popover
      role="dialog"
      title="Notifications"
      align="right"
      buttonClass="icon-button notice-bell"
      button={
        <>
          <Icon name="bell" />
          <span className="hidden-visually">Notifications</span>
          {unseen > 0 && <Badge count={unseen} what="new" />}
        </>
      }
      onOpen={() => see(acting)}
    >
      {(close) =>
        mine.length ? (
          <ul className="notice-list">
            {mine.map((notice) => (
              <li key={notice.id}>
                <button
                  type="button"
                  className="popover-item notice-item"
                  onClick={() => {
                    seeOne(notice.id);
                    close();
                    openMessage(notice.message);
                  }}
                >
                  <Avatar user={app} size={28} />
                  <span className="notice-words">
                    <span className="notice-where">
                      {notice.where} · {timeOfDay(tsTime(notice.message.ts))}
                    </span>
                    <span className="notice-text">{notice.text}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p className="notice-none">Nothing has called for you yet.</p>
        )
      }
    </Popover>
  );
}
