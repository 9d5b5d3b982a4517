import { useState } from "react";
import { slack } from "../../api";
import { useAct } from "../../aws/ui/useAct";
import { useDemo } from "../../store";
import type { Channel } from "../../types";
import { Avatar } from "../../ui/Avatar";
import { Badge } from "../../ui/Badge";
import { Icon } from "../../ui/Icon";
import { channelsOf, type Conversation, conversationOf } from "../conversations";
import { openChannel, openHomeTab, usePlace } from "../place";
import { unread, useReading } from "../reading";

interface Props {
  all: Map<string, Conversation>;
  open: string | undefined; // the channel; none e.g. while the Home is open
}

/** Sidebar lists where the acting person can go. In a narrow window it is a drawer. */
export function Sidebar({ all, open }: Props) {
  const world = useDemo((s) => s.world);
  const acting = useDemo((s) => s.acting) ?? "";
  const home = usePlace((p) => p.home);
  const [drawer, setDrawer] = useState(false);
  const act = useAct();
  const { shared, direct } = channelsOf(world, acting);
  const app = world?.app.name ?? "";
  const item = (channel: Channel) => (
    <ChannelItem key={channel.id} channel={channel} conversation={conversationOf(all, channel.id)} open={channel.id === open} />
  );

  return (
    <nav
      className={drawer ? "slack-side slack-side-out" : "slack-side"}
      aria-label="Conversations"
      onKeyDown={(event) => event.key === "Escape" && setDrawer(false)}
    >
      <button type="button" className="slack-side-toggle" aria-expanded={drawer} onClick={() => setDrawer(!drawer)}>
        <Icon name={drawer ? "close" : "menu"} />
        <span>Conversations</span>
        <UnreadElsewhere all={all} open={open} />
      </button>
      {drawer && <div className="slack-side-veil" onClick={() => setDrawer(false)} />}
      <div className="slack-side-lists" onClick={() => setDrawer(false)}>
        <div className="slack-side-team">Acme</div>
        <h2>Channels</h2>
        <ul>{shared.map(item)}</ul>
        {direct.length > 0 && <h2>Direct messages</h2>}
        {direct.length > 0 && <ul>{direct.map(item)}</ul>}
        <h2>Apps</h2>
        <ul>
          <li>
            <button
              type="button"
              className="slack-side-item"
              aria-current={home ? "page" : undefined}
              onClick={() => {
                openHomeTab();
                void act(slack.openHome(acting));
              }}
            >
              <Avatar user={world?.app.user ?? ""} size={18} />
              <span className="slack-side-name">
                {app}
                <span className="hidden-visually">App Home</span>
              </span>
            </button>
          </li>
        </ul>
      </div>
    </nav>
  );
}

function ChannelItem({ channel, conversation, open }: { channel: Channel; conversation: Conversation; open: boolean }) {
  const acting = useDemo((s) => s.acting) ?? "";
  const app = useDemo((s) => s.world?.app.user) ?? "";
  const reading = useReading();
  const { any, mentions } = unread(conversation, acting, reading.get(`${acting}/${channel.id}`));
  const kind = channel.directWith ? "direct messages" : channel.private ? "private" : "";
  return (
    <li>
      <button
        type="button"
        className={any || mentions ? "slack-side-item slack-side-unread" : "slack-side-item"}
        aria-current={open ? "page" : undefined}
        onClick={() => openChannel(channel.id)}
      >
        {channel.directWith ? (
          <Avatar user={app} size={18} />
        ) : channel.private ? (
          <Icon name="lock" size={16} />
        ) : (
          <span className="slack-side-sign" aria-hidden="true">#</span>
        )}
        <span className="slack-side-name">
          {channel.name}
          <span className="hidden-visually">{kind} {any && !mentions ? "unread" : ""}</span>
        </span>
        {mentions > 0 && <Badge count={mentions} what={mentions === 1 ? "mention" : "mentions"} />}
      </button>
    </li>
  );
}

function UnreadElsewhere({ all, open }: Props) {
  const acting = useDemo((s) => s.acting) ?? "";
  const world = useDemo((s) => s.world);
  const reading = useReading();
  const { shared, direct } = channelsOf(world, acting);
  const count = [...shared, ...direct]
    .filter((c) => c.id !== open)
    .reduce((sum, c) => sum + unread(conversationOf(all, c.id), acting, reading.get(`${acting}/${c.id}`)).mentions, 0);
  return count > 0 && <Badge count={count} what={count === 1 ? "mention" : "mentions"} />;
}
