import { safeHref } from "../../ui/safeHref";

interface Part {
  text: string;
  href?: string;
}

// Punctuation at the end of an address belongs to the sentence around it.
const address = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?')\]]/g;

/** Parts of a plain text, those that are web addresses with a link. */
export function linked(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: match[0], href: safeHref(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
