import { useEffect, useMemo, useState } from "react";
import { viewSamples } from "../api";
import type { ViewSample } from "../types";
import { Icon } from "../ui/Icon";
import { SchemeChoice, useScheme } from "../ui/scheme";
import { ViewCard } from "./ViewCard";
import "./views.css";

/** ViewsPage shows every view in every state, as the tests hold them. */
export function ViewsPage() {
  const system = useScheme();
  const [chosen, setChosen] = useState<"light" | "dark">();
  const [samples, setSamples] = useState<ViewSample[]>();
  const [failed, setFailed] = useState(false);
  const [filter, setFilter] = useState("");
  const scheme = chosen ?? system;

  useEffect(() => {
    viewSamples().then(setSamples, () => setFailed(true));
  }, []);

  const found = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return (samples ?? []).filter((s) => {
      const all = `${s.group} ${inWords(s.name)} ${s.text}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
  }, [samples, filter]);
  const groups = [...new Set(found.map((s) => s.group))];

  return (
    <SchemeChoice value={chosen}>
      <main className="views" data-scheme={chosen}>
        <header className="views-head">
          <div>
            <h2>Views</h2>
            <p>
              Messages in every state, the lines of their threads, answers to one person and to commands,
              drawn from the golden files of the tests. Below a message is the text that
              notifications and screen readers get.
            </p>
          </div>
          <input
            type="search"
            className="slack-input views-filter"
            aria-label="Filter views"
            placeholder="Filter, e.g. failed"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
          <button type="button" className="slack-button" onClick={() => setChosen(scheme === "dark" ? "light" : "dark")}>
            <Icon name={scheme === "dark" ? "sun" : "moon"} size={16} />
            {scheme === "dark" ? "Light" : "Dark"}
          </button>
        </header>
        <p role="status" className="hidden-visually">
          {samples && `${found.length} of ${samples.length} views`}
        </p>
        {failed && <p role="alert" className="views-none">The views could not be read from the demo’s server.</p>}
        {samples && !found.length && <p className="views-none">No view matches “{filter}”.</p>}
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3 className="views-group">
              {group} <span>{found.filter((s) => s.group === group).length}</span>
            </h3>
            <div className="views-grid">
              {found
                .filter((s) => s.group === group)
                .map((sample, i) => (
                  <ViewCard key={`${sample.name} ${i}`} sample={sample} name={inWords(sample.name)} />
                ))}
            </div>
          </section>
        ))}
      </main>
    </SchemeChoice>
  );
}

/** Writes e.g. "asked_with_reboots" as "Asked with reboots". */
function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
