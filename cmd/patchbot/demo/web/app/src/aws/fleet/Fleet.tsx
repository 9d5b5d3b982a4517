import { useCallback, useMemo, useState } from "react";
import { useDemo } from "../../store";
import { usePaced } from "../ui/usePaced";
import { BulkBar } from "./BulkBar";
import { conditionOf, type Kind } from "./condition";
import { FleetRow } from "./FleetRow";
import { FleetTools } from "./FleetTools";
import { newestByInstance } from "./newest";
import { Summary } from "./Summary";
import "./fleet.css";

export function Fleet({ onOpenExecution }: { onOpenExecution: (arn: string) => void }) {
  const instances = usePaced(useDemo((state) => state.instances));
  const executions = usePaced(useDemo((state) => state.executions));
  const [words, setWords] = useState("");
  const [kind, setKind] = useState<Kind>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  const rows = useMemo(() => {
    const newest = newestByInstance(executions);
    return [...instances.values()].map((instance) => {
      const execution = newest.get(instance.id);
      return { instance, execution, condition: conditionOf(instance, execution) };
    });
  }, [instances, executions]);

  const wanted = words.trim().toLowerCase();
  const shown = rows.filter(
    ({ instance: i, condition }) =>
      (!kind || condition.kind === kind) &&
      `${i.name} ${i.id} ${i.owner} ${i.platform} ${condition.text}`.toLowerCase().includes(wanted),
  );
  const select = useCallback(
    (id: string, on: boolean) =>
      setSelected((before) => {
        const next = new Set(before);
        if (on) next.add(id);
        else next.delete(id);
        return next;
      }),
    [],
  );
  const shownSelected = shown.filter((row) => selected.has(row.instance.id)).map((row) => row.instance);
  const all = shown.length > 0 && shownSelected.length === shown.length;
  return (
    <div className="aws-fleet">
      <FleetTools words={words} onWords={setWords} />
      <Summary conditions={rows.map((row) => row.condition)} kind={kind} onKind={setKind} />
      <div className="aws-table" role="table" aria-label="Instances" aria-rowcount={shown.length + 1}>
        <div className="aws-thead" role="rowgroup">
          <div className="aws-tr" role="row">
            <div role="columnheader">
              <input
                type="checkbox"
                aria-label="Select all instances"
                checked={all}
                ref={(box) => {
                  if (box) box.indeterminate = !all && shownSelected.length > 0;
                }}
                onChange={() => setSelected(all ? new Set() : new Set(shown.map((row) => row.instance.id)))}
              />
            </div>
            <div role="columnheader">Instance</div>
            <div role="columnheader" className="aws-wide">
              Owner
            </div>
            <div role="columnheader" className="aws-wide">
              Platform
            </div>
            <div role="columnheader" className="aws-number">
              Missing
            </div>
            <div role="columnheader">State</div>
            <div role="columnheader">
              <span className="hidden-visually">Actions</span>
            </div>
          </div>
        </div>
        <div className="aws-tbody" role="rowgroup">
          {shown.map(({ instance, execution, condition }) => (
            <FleetRow
              key={instance.id}
              instance={instance}
              execution={execution?.arn}
              tone={condition.tone}
              icon={condition.icon}
              text={condition.text}
              selected={selected.has(instance.id)}
              onSelect={select}
              onOpenExecution={onOpenExecution}
            />
          ))}
        </div>
      </div>
      {!shown.length && (
        <div className="aws-empty">
          <strong>{rows.length ? "No instance matches" : "No instances yet"}</strong>
          <p>{rows.length ? "Another word or another state may find it." : "They appear as soon as the demo has started."}</p>
        </div>
      )}
      {shownSelected.length > 0 && <BulkBar instances={shownSelected} onClear={() => setSelected(new Set())} />}
    </div>
  );
}
