import type { World } from "../../types";
import { formatDate } from "./date";
import { type MrkdwnNode, parse } from "./mrkdwn";
import { channelName, groupHandle, mentionName } from "./names";

/** Writes mrkdwn as a notification or a screen reader has it: names and dates, no marks. */
export const plainText = (mrkdwn: string, world: World | undefined, now: number) =>
  writePlain(parse(mrkdwn, true), world, now);

export function writePlain(nodes: MrkdwnNode[], world: World | undefined, now: number): string {
  const write = (node: MrkdwnNode): string => {
    switch (node.kind) {
      case "text":
      case "code":
      case "pre":
        return node.text;
      case "link":
        return node.label;
      case "user":
        return `@${mentionName(world, node.id)}`;
      case "channel":
        return `#${channelName(world, node.id)}`;
      case "group":
        return `@${groupHandle(world, node.id)}`;
      case "broadcast":
        return `@${node.name}`;
      case "date":
        return formatDate(node.at * 1000, node.format, now);
      default:
        return node.children.map(write).join("");
    }
  };
  return nodes.map(write).join("");
}
