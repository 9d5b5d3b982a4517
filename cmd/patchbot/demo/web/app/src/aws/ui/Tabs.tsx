import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Badge } from "../../ui/Badge";
import "./tabs.css";

export interface Tab<T extends string> {
  id: T;
  label: string;
  count?: number;
  countMeans?: string; // e.g. "unread"
}

export function Tabs<T extends string>(props: {
  label: string;
  tabs: Tab<T>[];
  chosen: T;
  onChoose: (id: T) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = props.tabs.findIndex((tab) => tab.id === props.chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const tab = to === undefined ? undefined : props.tabs.at(to % props.tabs.length);
    if (!tab) return;
    event.preventDefault();
    props.onChoose(tab.id);
    list.current?.querySelector<HTMLElement>(`#aws-tab-${tab.id}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={props.label} className="aws-tabs" onKeyDown={move}>
      {props.tabs.map(({ id, label, count, countMeans }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`aws-tab-${id}`}
          aria-selected={id === props.chosen}
          aria-controls={id === props.chosen ? `aws-panel-${id}` : undefined}
          tabIndex={id === props.chosen ? 0 : -1}
          onClick={() => props.onChoose(id)}
        >
          {label}
          {!!count && <Badge count={count} what={countMeans ?? ""} />}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div role="tabpanel" id={`aws-panel-${id}`} aria-labelledby={`aws-tab-${id}`} className="aws-panel">
      {children}
    </div>
  );
}
