/** MrkdwnNode is a piece of Slack's mrkdwn. */
export type MrkdwnNode =
  | { kind: "text"; text: string }
  | { kind: "bold" | "italic" | "strike" | "quote"; children: MrkdwnNode[] }
  | { kind: "code" | "pre"; text: string }
  | { kind: "link"; href: string; label: string }
  | { kind: "user" | "channel" | "group"; id: string; label?: string }
  | { kind: "broadcast"; name: string }
  | { kind: "date"; at: number; format: string; href?: string; fallback: string };

const marks = { "*": "bold", _: "italic", "~": "strike" } as const;

/** Undoes the three escapes that Slack knows. */
const unescape = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Reads mrkdwn. Verbatim text has no links but those written as <https://…>. */
export function parse(text: string, verbatim: boolean): MrkdwnNode[] {
  return text.split(/```\n?/).flatMap((part, i, all) => {
    if (i % 2 === 1 && i < all.length - 1) return [{ kind: "pre" as const, text: unescape(part.replace(/\n$/, "")) }];
    return paragraphs(i % 2 === 1 ? "```" + part : part, verbatim);
  });
}

function paragraphs(text: string, verbatim: boolean): MrkdwnNode[] {
  return text
    .split(/((?:^&gt; ?.*(?:\n|$))+)/m)
    .filter(Boolean)
    .flatMap((part): MrkdwnNode[] => {
      if (!part.startsWith("&gt;")) return inline(part, verbatim);
      return [{ kind: "quote", children: inline(part.replace(/^&gt; ?/gm, "").replace(/\n$/, ""), verbatim) }];
    });
}

function inline(text: string, verbatim: boolean): MrkdwnNode[] {
  const nodes: MrkdwnNode[] = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(...(verbatim ? [{ kind: "text" as const, text: unescape(plain) }] : linked(plain)));
    plain = "";
  };
  for (let i = 0; i < text.length; ) {
    const found = span(text, i, verbatim);
    if (!found) {
      plain += text[i++];
      continue;
    }
    flush();
    nodes.push(found.node);
    i = found.end;
  }
  flush();
  return nodes;
}

/** Reads what starts at the position, unless it is mere text. */
function span(text: string, start: number, verbatim: boolean): { node: MrkdwnNode; end: number } | undefined {
  const sign = text[start]!;
  if (sign === "<") {
    const end = text.indexOf(">", start);
    const node = end > 0 ? entity(text.slice(start + 1, end)) : undefined;
    return node && { node, end: end + 1 };
  }
  if (sign === "`") {
    const end = text.slice(start + 1).search(/[`\n]/) + start + 1;
    if (end <= start + 1 || text[end] !== "`") return undefined;
    return { node: { kind: "code", text: unescape(text.slice(start + 1, end)) }, end: end + 1 };
  }
  if (!(sign in marks) || /[\p{L}\p{N}]/u.test(text[start - 1] ?? "")) return undefined;
  const end = closing(text, start, sign);
  if (end < 0) return undefined;
  const children = inline(text.slice(start + 1, end), verbatim);
  return { node: { kind: marks[sign as keyof typeof marks], children }, end: end + 1 };
}

/** Finds the sign that ends what another began in the same line, or -1. */
function closing(text: string, start: number, sign: string): number {
  if (/[\s]/.test(text[start + 1] ?? " ") || text[start + 1] === sign) return -1;
  for (let i = start + 1; i < text.length && text[i] !== "\n"; i++) {
    const skip = text[i] === "<" ? text.indexOf(">", i) : text[i] === "`" ? text.indexOf("`", i + 1) : -1;
    if (skip > i) i = skip;
    else if (text[i] === sign && !/\s/.test(text[i - 1]!) && !/[\p{L}\p{N}]/u.test(text[i + 1] ?? "")) return i;
  }
  return -1;
}

function entity(inside: string): MrkdwnNode | undefined {
  const [what, label] = cut(inside, "|");
  if (what.startsWith("@")) return { kind: "user", id: what.slice(1), label };
  if (what.startsWith("#")) return { kind: "channel", id: what.slice(1), label };
  if (what.startsWith("!subteam^")) return { kind: "group", id: what.slice(9), label };
  if (what.startsWith("!date^")) {
    const [at = "", format = "", href] = what.slice(6).split("^");
    return { kind: "date", at: Number(at), format: unescape(format), href: href && unescape(href), fallback: unescape(label ?? "") };
  }
  if (what.startsWith("!")) return { kind: "broadcast", name: what.slice(1) };
  if (/^(https?:|mailto:|slack:)/.test(what)) return { kind: "link", href: unescape(what), label: unescape(label ?? what) };
  return undefined;
}

function cut(text: string, at: string): [string, string | undefined] {
  const i = text.indexOf(at);
  return i < 0 ? [text, undefined] : [text.slice(0, i), text.slice(i + 1)];
}

/** Finds the addresses that Slack makes links of where text is not verbatim. */
function linked(text: string): MrkdwnNode[] {
  return text.split(/(https?:\/\/[^\s<>]*[^\s<>.,;:!?)])/).flatMap((part, i): MrkdwnNode[] => {
    const plain = unescape(part);
    if (i % 2 === 1) return [{ kind: "link", href: plain, label: plain }];
    return plain ? [{ kind: "text", text: plain }] : [];
  });
}
