import { useEffect } from "react";
import { useDemo } from "../../store";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/Icon";
import { openMessage } from "../place";
import { hide, hideOthers, type Notice, seeOne, useNotices } from "./notices";

const stays = 6000; // ms

/** Toasts shows the newest notification as it comes, as a phone or a desktop does. */
export function Toasts() {
  const acting = useDemo((s) => s.acting) ?? "";
  const notice = useNotices().find((n) => n.person === acting && n.shown);
  useEffect(() => hideOthers(acting), [acting]);
  return (
    <div className="toasts" role="status" aria-live="polite" aria-relevant="additions" aria-label="New notifications">
      {notice && <Toast key={notice.id} notice={notice} />}
    </div>
  );
}

function Toast({ notice }: { notice: Notice }) {
  const world = useDemo((s) => s.world);

  useEffect(() => {
    const timer = setTimeout(() => hide(notice.id), stays);
    return () => clearTimeout(timer);
  }, [notice.id]);

  return (
    <div className="toast">
      <button
        type="button"
        className="toast-open"
        onClick={() => {
          seeOne(notice.id);
          openMessage(notice.message);
        }}
      >
        <Avatar user={world?.app.user ?? ""} size={34} />
        <span className="notice-words">
          <span className="notice-where">
            {world?.app.name} · {notice.where}
          </span>
          <span className="notice-text">{notice.text}</span>
        </span>
      </button>
      <button type="button" className="icon-button toast-close" aria-label="Dismiss notification" onClick={() => hide(notice.id)}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
