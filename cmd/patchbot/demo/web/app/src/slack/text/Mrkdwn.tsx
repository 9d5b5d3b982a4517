import { Fragment, memo, type ReactNode, useMemo } from "react";
import { useDemo } from "../../store";
import { SlackDate } from "./SlackDate";
import { SlackLink } from "./SlackLink";
import { type MrkdwnNode, parse } from "./mrkdwn";
import { channelName, groupHandle, mentionName } from "./names";

const unbroken = 36; // characters of code that stay in one line, e.g. an id

/** Draws mrkdwn. */
export const Mrkdwn = memo(function Mrkdwn({ text, verbatim = false }: { text: string; verbatim?: boolean }) {
  const nodes = useMemo(() => parse(text, verbatim), [text, verbatim]);
  return <Nodes nodes={nodes} />;
});

const Nodes = ({ nodes }: { nodes: MrkdwnNode[] }) =>
  nodes.map((node, i) => (
    <Fragment key={i}>
      <Node node={node} />
    </Fragment>
  ));

function Node({ node }: { node: MrkdwnNode }): ReactNode {
  switch (node.kind) {
    case "text":
      return node.text;
    case "bold":
      return <strong><Nodes nodes={node.children} /></strong>;
    case "italic":
      return <em><Nodes nodes={node.children} /></em>;
    case "strike":
      return <s><Nodes nodes={node.children} /></s>;
    case "quote":
      return <blockquote className="slack-quote"><Nodes nodes={node.children} /></blockquote>;
    case "code":
      return <code className={node.text.length > unbroken ? "slack-code" : "slack-code slack-code-id"}>{node.text}</code>;
    case "pre":
      return <pre className="slack-pre" tabIndex={0}>{node.text}</pre>;
    case "link":
      return <SlackLink href={node.href}>{node.label}</SlackLink>;
    case "date":
      return <SlackDate {...node} />;
    case "broadcast":
      return <span className="slack-mention slack-mention-me">@{node.name}</span>;
    default:
      return <Mention node={node} />;
  }
}

function Mention({ node }: { node: { kind: "user" | "channel" | "group"; id: string; label?: string } }) {
  const world = useDemo((s) => s.world);
  const acting = useDemo((s) => s.acting);
  const { kind, id } = node;
  if (kind === "channel") return <span className="slack-mention">#{channelName(world, id)}</span>;
  const ofMe =
    kind === "user" ? id === acting : world?.groups.some((g) => g.id === id && g.members.includes(acting ?? ""));
  const name = kind === "user" ? mentionName(world, id) : groupHandle(world, id);
  return <span className={ofMe ? "slack-mention slack-mention-me" : "slack-mention"}>@{name}</span>;
}
