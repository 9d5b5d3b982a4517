import { memo, useMemo } from "react";
import { Blocks } from "../slack/blocks/Blocks";
import { Mrkdwn } from "../slack/text/Mrkdwn";
import { parse } from "../slack/text/mrkdwn";
import { writePlain } from "../slack/text/plain";
import { useDemo } from "../store";
import type { ViewSample } from "../types";

/** ViewCard is a view in one state: as it is drawn, and as it is read out. Its buttons do nothing. */
export const ViewCard = memo(function ViewCard({ sample, name }: { sample: ViewSample; name: string }) {
  const nodes = useMemo(() => parse(sample.text, true), [sample.text]);
  const read = useDemo((s) => writePlain(nodes, s.world, Date.parse(s.clock?.now ?? "")));
  return (
    <article className="view-card" aria-label={name}>
      <h4>{name}</h4>
      <div className="view-card-drawn">
        {sample.blocks?.length ? (
          <Blocks blocks={sample.blocks} />
        ) : (
          <div className="slack-text">
            <Mrkdwn text={sample.text} />
          </div>
        )}
      </div>
      {!!sample.blocks?.length && (
        <p className="view-card-read">
          <span>Read out</span>
          {read}
        </p>
      )}
    </article>
  );
});
