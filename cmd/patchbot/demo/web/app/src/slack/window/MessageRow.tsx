import { memo, useCallback, useLayoutEffect, useRef } from "react";
import { type Element, slack } from "../../api";
import { useDemo } from "../../store";
import type { Message } from "../../types";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/Icon";
import { Blocks } from "../blocks/Blocks";
import { Acting } from "../elements/Acting";
import { openThread } from "../place";
import { Mrkdwn } from "../text/Mrkdwn";
import { timeOfDay, tsTime } from "../text/date";
import { authorName } from "../text/names";

interface Props {
  message: Message;
  person: string;
  marked: number; // when it was asked for; 0 if it was not
  compact?: boolean; // without its author
  threaded?: boolean; // whether a thread can be opened at it
  replies?: number;
  lastReply?: string; // ts
}

/** MessageRow is one message. It is drawn anew only when it has changed. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { message, person, compact, marked } = props;
  const world = useDemo((s) => s.world);
  const row = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  const act = useCallback((element: Element) => slack.act(person, message, element), [person, message]);
  const author = authorName(world, message.user);
  const time = timeOfDay(tsTime(message.ts));

  // A button that an update takes away takes the focus with it. React tells no blur of that, and
  // in the blur of a window that is left, the button still is the active element.
  useLayoutEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) row.current?.focus({ preventScroll: true });
  }, [message]);

  return (
    <article
      ref={row}
      className={["slack-row", compact && "slack-row-compact", message.ephemeral && "slack-row-private"].filter(Boolean).join(" ")}
      data-ts={message.ts}
      tabIndex={-1}
      aria-label={`${author}, ${time}`}
      onFocus={() => (hadFocus.current = true)}
      onBlur={(event) => (hadFocus.current = event.currentTarget.contains(document.activeElement))}
    >
      {marked > 0 && <span key={marked} className="slack-row-glow" />}
      <div className="slack-row-side">
        {compact ? <span className="slack-row-time">{time}</span> : <Avatar user={message.user} />}
      </div>
      <div className="slack-row-body">
        {message.ephemeral && (
          <p className="slack-private">
            <Icon name="eye" size={14} /> Only visible to you
          </p>
        )}
        {!compact && (
          <div className="slack-row-head">
            <span className="slack-author">{author}</span>
            {message.user === world?.app.user && <span className="slack-app">APP</span>}
            <span className="slack-time">{time}</span>
          </div>
        )}
        {props.threaded && message.thread && <FromThread channel={message.channel} thread={message.thread} />}
        {message.blocks?.length ? (
          <Acting act={act}>
            <Blocks blocks={message.blocks} />
          </Acting>
        ) : (
          <div className="slack-text">
            <Mrkdwn text={message.text} />
          </div>
        )}
        {message.edited > 0 && <span className="slack-edited">(edited)</span>}
        {!!props.replies && <ThreadSummary {...props} replies={props.replies} />}
      </div>
      {props.threaded && !props.replies && !message.thread && (
        <button
          type="button"
          className="icon-button slack-row-reply"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => openThread(message.channel, message.ts)}
        >
          <Icon name="chat" size={16} />
        </button>
      )}
    </article>
  );
});

/** FromThread stands above a reply that its thread's channel shows, too. */
function FromThread({ channel, thread }: { channel: string; thread: string }) {
  return (
    <button type="button" className="slack-from-thread" onClick={() => openThread(channel, thread)}>
      replied to a thread
    </button>
  );
}

function ThreadSummary({ message, replies, lastReply }: { message: Message; replies: number; lastReply?: string }) {
  return (
    <button type="button" className="slack-summary" onClick={() => openThread(message.channel, message.ts)}>
      <Avatar user={message.user} size={22} />
      <span className="slack-summary-count">
        {replies} {replies === 1 ? "reply" : "replies"}
      </span>
      {lastReply && <span className="slack-summary-last">last {timeOfDay(tsTime(lastReply))}</span>}
    </button>
  );
}
