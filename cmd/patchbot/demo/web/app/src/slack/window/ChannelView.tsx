import { useDemo } from "../../store";
import type { Channel } from "../../types";
import type { Conversation } from "../conversations";
import { usePlace } from "../place";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { ThreadPanel } from "./ThreadPanel";

interface Props {
  channel: Channel;
  conversation: Conversation;
  person: string;
}

/** ChannelView is an open channel: its messages, the field to write into, and perhaps a thread. */
export function ChannelView({ channel, conversation, person }: Props) {
  const app = useDemo((s) => s.world?.app.name);
  const thread = usePlace((p) => (p.channel === undefined || p.channel === channel.id ? p.thread : undefined));
  const mark = usePlace((p) => (p.thread ? undefined : p.mark));
  const name = channel.directWith ? channel.name : `#${channel.name}`;
  const members = channel.members.length;

  return (
    <div className={thread ? "slack-view slack-view-thread" : "slack-view"}>
      <section className="slack-channel" aria-label={channel.directWith ? `Direct messages with ${app}` : `Channel ${channel.name}`}>
        <header className="slack-bar">
          <h2>{name}</h2>
          {!channel.directWith && (
            <span className="slack-bar-note">
              {members} {members === 1 ? "member" : "members"}
            </span>
          )}
        </header>
        <MessageList
          label={`Messages in ${name}`}
          messages={conversation.roots}
          threads={conversation.threads}
          person={person}
          mark={mark}
        />
        <Composer channel={channel.id} person={person} label={`Message ${name}`} />
      </section>
      {thread && (
        <ThreadPanel
          key={thread}
          channel={channel.id}
          name={name}
          parent={conversation.roots.find((m) => m.ts === thread)}
          replies={conversation.threads.get(thread) ?? []}
          thread={thread}
          person={person}
        />
      )}
    </div>
  );
}
