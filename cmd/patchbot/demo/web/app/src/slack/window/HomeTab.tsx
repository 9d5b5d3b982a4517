import { useCallback, useMemo } from "react";
import { type Element, slack } from "../../api";
import { useDemo } from "../../store";
import { Icon } from "../../ui/Icon";
import { Blocks } from "../blocks/Blocks";
import { Acting } from "../elements/Acting";

/** HomeTab is the app's Home, as the bot published it for the person. */
export function HomeTab({ person }: { person: string }) {
  const views = useDemo((s) => s.views);
  const app = useDemo((s) => s.world?.app.name);
  const command = useDemo((s) => s.world?.app.command);
  const view = useMemo(() => [...views.values()].findLast((v) => v.type === "home" && v.user === person), [views, person]);
  const id = view?.id ?? "";
  const act = useCallback((element: Element) => slack.actInView(person, id, element), [person, id]);

  return (
    <section className="slack-channel" aria-label="App Home">
      <header className="slack-bar">
        <h2>{app}</h2>
        <span className="slack-bar-note">Home</span>
      </header>
      <div className="slack-scroll slack-home" tabIndex={0} role="group" aria-label="Home">
        {view ? (
          <Acting act={act}>
            <Blocks blocks={view.blocks} />
          </Acting>
        ) : (
          <div className="slack-home-empty">
            <Icon name="home" size={30} />
            <p>
              {app} has no Home yet: type <code>{command} status</code> into a channel to see what waits.
            </p>
          </div>
        )}
      </div>
    </section>
  );
}
