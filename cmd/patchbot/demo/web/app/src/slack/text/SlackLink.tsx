import type { ReactNode } from "react";
import { safeHref } from "../../ui/safeHref";
import { openMessage } from "../place";

/** Draws a link. One to a message of this workspace opens it here; one that is not safe is mere text. */
export function SlackLink({ href, children }: { href: string; children: ReactNode }) {
  const address = safeHref(href);
  if (!address) return children;
  const message = permalink(address);
  if (message) {
    return (
      <a
        className="slack-link"
        href={address}
        onClick={(event) => {
          event.preventDefault();
          openMessage(message);
        }}
      >
        {children}
      </a>
    );
  }
  return (
    <a className="slack-link" href={address} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

/** Reads e.g. https://acme.slack.com/archives/C1/p1764086400000000?thread_ts=1764086300.000000. */
function permalink(href: string): { channel: string; ts: string; thread?: string } | undefined {
  const found = /^https:\/\/[a-z0-9-]+\.slack\.com\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})(?:\?(.*))?$/.exec(href);
  if (!found) return undefined;
  const ts = `${found[2]}.${found[3]}`;
  const thread = new URLSearchParams(found[4]).get("thread_ts") ?? undefined;
  return { channel: found[1]!, ts, thread: thread === ts ? undefined : thread };
}
