import { useEffect, useRef } from "react";
import type { Message } from "../../types";
import { Icon } from "../../ui/Icon";
import { closeThread, usePlace } from "../place";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";

interface Props {
  channel: string;
  name: string; // of the channel, e.g. "#payments"
  thread: string;
  parent: Message | undefined;
  replies: Message[];
  person: string;
}

/** ThreadPanel is an open thread. It takes the focus, and gives it back when it closes. */
export function ThreadPanel({ channel, name, thread, parent, replies, person }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  const mark = usePlace((p) => p.mark);

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    title.current?.focus();
    return () => {
      if (document.activeElement === document.body || !document.activeElement) before?.isConnected && before.focus();
    };
  }, []);

  return (
    <section
      className="slack-thread"
      aria-label="Thread"
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && closeThread()}
    >
      <header className="slack-bar">
        <h2 ref={title} tabIndex={-1}>
          Thread
        </h2>
        <span className="slack-bar-note">{name}</span>
        <button type="button" className="icon-button slack-bar-end" aria-label="Close thread" onClick={closeThread}>
          <Icon name="close" />
        </button>
      </header>
      <MessageList label="Messages of the thread" messages={replies} parent={parent} person={person} mark={mark} />
      <Composer channel={channel} thread={thread} person={person} label="Reply" />
    </section>
  );
}
