/** Gives an address from outside if a link may lead there: neither a script nor data, nor into this page. */
export function safeHref(address: string | undefined): string | undefined {
  if (!address || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
}
