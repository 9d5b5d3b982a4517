import { lazy, Suspense, useMemo } from "react";
import { useDemo } from "../../store";
import type { Block } from "../../types";
import { SlackDate } from "../text/SlackDate";
import { SlackLink } from "../text/SlackLink";
import { groupHandle, mentionName } from "../text/names";
import { useScheme } from "../../ui/scheme";

const Message = lazy(async () => {
  const [library] = await Promise.all([import("slack-blocks-to-jsx"), import("slack-blocks-to-jsx/dist/style.css")]);
  return { default: library.Message };
});

/** Library draws the rarer blocks, e.g. rich_text or table. What it draws of elements tells nobody. */
export function Library({ block, inert = false }: { block: Block; inert?: boolean }) {
  const world = useDemo((s) => s.world);
  const theme = useScheme();
  const hooks = useMemo(
    () => ({
      user: ({ id }: { id: string }) => <span className="slack-mention">@{mentionName(world, id)}</span>,
      usergroup: ({ id }: { id: string }) => <span className="slack-mention">@{groupHandle(world, id)}</span>,
      date: (d: { timestamp: string; format: string; link: string | null; fallback: string }) => (
        <SlackDate at={Number(d.timestamp)} format={d.format} href={d.link ?? undefined} fallback={d.fallback} />
      ),
      link: ({ href, children }: { href?: string; children?: React.ReactNode }) => (
        <SlackLink href={href ?? ""}>{children}</SlackLink>
      ),
    }),
    [world],
  );
  const data = useMemo(
    () => ({ channels: (world?.channels ?? []).map(({ id, name }) => ({ id, name })) }),
    [world],
  );
  return (
    <div className="slack-block-library">
      <div inert={inert}>
        <Suspense fallback={null}>
          <Message withoutWrapper blocks={[block as any]} theme={theme} hooks={hooks} data={data} name="" logo="" />
        </Suspense>
      </div>
      {inert && <p className="slack-hint">Not interactive here</p>}
    </div>
  );
}
