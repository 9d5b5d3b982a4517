import { Fragment, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useDemo } from "../../store";
import type { Message } from "../../types";
import { Icon } from "../../ui/Icon";
import { waits } from "../conversations";
import type { Place } from "../place";
import { formatDate, tsTime } from "../text/date";
import { MessageRow } from "./MessageRow";

interface Props {
  label: string;
  messages: Message[];
  threads?: ReadonlyMap<string, Message[]>;
  parent?: Message; // of a thread
  person: string;
  mark: Place["mark"];
}

const near = 48; // pixels from the end that still count as being there

/** MessageList shows messages by day. It stays at the end while the reader is there. */
export function MessageList({ label, messages, threads, parent, person, mark }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const known = useRef(messages.length);
  const [more, setMore] = useState(false);

  const toEnd = () => {
    scrollToEnd(scroller.current!);
    atEnd.current = true;
    setMore(false);
  };

  // The question that waits is what the reader came for, wherever it is.
  useLayoutEffect(() => {
    toEnd();
    const question = messages.findLast(waits);
    if (question && question !== messages.at(-1)) show(scroller.current!, question.ts);
  }, []);

  useLayoutEffect(() => {
    if (!mark) return;
    atEnd.current = false;
    show(scroller.current!, mark.ts)?.focus({ preventScroll: true });
  }, [mark]);

  useLayoutEffect(() => {
    const posted = messages.length > known.current;
    known.current = messages.length;
    if (!posted) return;
    const last = messages.at(-1);
    if (atEnd.current || last?.user === person || last?.ephemeral) toEnd();
    else setMore(true);
  }, [messages]);

  useEffect(() => {
    const watch = new ResizeObserver(() => {
      if (atEnd.current && scroller.current) scrollToEnd(scroller.current);
    });
    watch.observe(content.current!);
    watch.observe(scroller.current!);
    return () => watch.disconnect();
  }, []);

  const count = messages.filter((m) => !m.ephemeral).length;

  return (
    <div className="slack-list">
      <div
        ref={scroller}
        className="slack-scroll"
        tabIndex={0}
        role="log"
        aria-label={label}
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < near;
          if (atEnd.current) setMore(false);
        }}
      >
        <div ref={content} className="slack-rows">
          {parent && <MessageRow message={parent} person={person} marked={0} />}
          {parent && (
            <div className="slack-replies">
              {count === 1 ? "1 reply" : `${count} replies`}
            </div>
          )}
          {!parent && messages.length === 0 && <p className="slack-empty">Nothing was said here yet.</p>}
          {messages.map((message, i) => {
            const replies = threads?.get(message.ts)?.filter((m) => !m.ephemeral) ?? [];
            const before = messages[i - 1];
            return (
              <Fragment key={message.ts + (message.ephemeral ?? "")}>
                {!parent && dayOf(before) !== dayOf(message) && <Day ts={message.ts} />}
                <MessageRow
                  message={message}
                  person={person}
                  marked={mark?.ts === message.ts ? mark.at : 0}
                  compact={follows(before, message)}
                  threaded={threads !== undefined && !message.ephemeral}
                  replies={replies.length}
                  lastReply={replies.at(-1)?.ts}
                />
              </Fragment>
            );
          })}
        </div>
      </div>
      {more && (
        <button type="button" className="slack-more" onClick={toEnd}>
          <Icon name="down" size={14} /> New messages
        </button>
      )}
    </div>
  );
}

/** Scrolls to the end, but not past the beginning of a last message that is taller than the box. */
function scrollToEnd(box: HTMLElement) {
  const last = box.querySelector(".slack-rows > :last-child");
  const begun = !!last && last.getBoundingClientRect().top < box.getBoundingClientRect().top - 1;
  box.scrollTop = box.scrollHeight;
  if (last && !begun && last.clientHeight > box.clientHeight) last.scrollIntoView({ block: "start" });
}

/** Scrolls to a message and gives its element. */
function show(box: HTMLElement, ts: string): HTMLElement | null {
  const row = box.querySelector<HTMLElement>(`[data-ts="${ts}"]`);
  row?.scrollIntoView({ block: "start" });
  return row;
}

const dayOf = (message: Message | undefined) => message && new Date(tsTime(message.ts)).toDateString();

/** Tells whether a message is drawn below another without naming its author again. */
function follows(before: Message | undefined, message: Message): boolean {
  if (!before || before.user !== message.user || message.blocks || before.blocks) return false;
  if (message.ephemeral || before.ephemeral) return false;
  return dayOf(before) === dayOf(message) && Number(message.ts) - Number(before.ts) < 300;
}

function Day({ ts }: { ts: string }) {
  const text = useDemo((s) => formatDate(tsTime(ts), "{day_divider_pretty}", Date.parse(s.clock?.now ?? "")));
  return (
    <div className="slack-day">
      <span>{text}</span>
    </div>
  );
}
