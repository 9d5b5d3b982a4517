import { useCallback, useEffect, useRef } from "react";
import { useRoute } from "../frame/router";
import { useDemo } from "../store";
import { conversationOf, useConversations, useOpenChannel } from "./conversations";
import { usePlace } from "./place";
import { markRead, newest } from "./reading";
import { ChannelView } from "./window/ChannelView";
import { HomeTab } from "./window/HomeTab";
import { Modal } from "./window/Modal";
import { Refusal } from "./window/Refusal";
import { Sidebar } from "./window/Sidebar";
import "./window/window.css";

/** SlackPane is the Slack window of the acting person. */
export function SlackPane() {
  const acting = useDemo((s) => s.acting);
  const route = useRoute();
  const pane = useRef<HTMLElement>(null);
  const home = usePlace((p) => p.home);
  const all = useConversations();
  const channel = useOpenChannel(all);
  const conversation = conversationOf(all, channel?.id);
  const last = newest(conversation);

  const read = useCallback(() => {
    const seen = document.visibilityState === "visible" && pane.current?.checkVisibility();
    if (acting && channel && last && !home && seen) markRead(acting, channel.id, last);
  }, [acting, channel, last, home]);

  // The route and the width of the page say whether this half is shown.
  useEffect(() => {
    read();
    document.addEventListener("visibilitychange", read);
    window.addEventListener("resize", read);
    return () => {
      document.removeEventListener("visibilitychange", read);
      window.removeEventListener("resize", read);
    };
  }, [read, route]);

  if (!acting) {
    return (
      <section className="slack" aria-label="Slack" aria-busy="true">
        <p className="slack-empty">Connecting to the demo…</p>
      </section>
    );
  }
  return (
    <section ref={pane} className="slack" aria-label="Slack">
      <Sidebar all={all} open={home ? undefined : channel?.id} />
      <div className="slack-main">
        <Refusal />
        {home ? (
          <HomeTab key={acting} person={acting} />
        ) : channel ? (
          <ChannelView key={`${acting}/${channel.id}`} channel={channel} conversation={conversation} person={acting} />
        ) : (
          <p className="slack-empty">You are in no channel yet.</p>
        )}
      </div>
      <Modal person={acting} />
    </section>
  );
}
