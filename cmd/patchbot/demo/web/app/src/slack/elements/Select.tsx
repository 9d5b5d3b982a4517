import { useDemo } from "../../store";
import type { World } from "../../types";
import { Acted } from "./Acted";
import { useAct, useHeld } from "./Acting";
import type { FieldProps } from "./Field";
import { type BlockElement, type Option, optionsOf, plainOf } from "./element";

/** Lists what a menu offers: its options, or the people or channels of the workspace. */
function offers(element: BlockElement, world: World | undefined, acting: string | undefined): Option[] {
  const kind = element.type.replace("multi_", "");
  if (kind === "users_select") return (world?.people ?? []).map((p) => ({ value: p.id, label: p.realName }));
  if (kind === "static_select") return optionsOf(element);
  return (world?.channels ?? [])
    .filter((c) => !c.directWith && (!c.private || c.members.includes(acting ?? "")))
    .map((c) => ({ value: c.id, label: `#${c.name}` }));
}

/** Reads what a menu offers to the acting person. */
export function useOffers(element: BlockElement) {
  const world = useDemo((s) => s.world);
  const person = useDemo((s) => s.acting);
  return offers(element, world, person);
}

/** Select is a menu of which one thing is chosen. */
export function Select({ element, block, field }: FieldProps) {
  const acting = useAct(element, block);
  const [held, hold] = useHeld(element, block);
  const offered = useOffers(element);
  const groups = [...new Set(offered.map((o) => o.group))];
  const options = (group: string | undefined) =>
    offered.filter((o) => o.group === group).map((o) => <option key={o.value} value={o.value}>{o.label}</option>);

  return (
    <Acted acting={acting}>
      <select
        {...field.control}
        className="slack-input slack-select"
        disabled={acting.inert}
        aria-busy={acting.busy || undefined}
        value={held[0] ?? ""}
        onChange={(event) => {
          const { value } = event.target;
          if (field.acts) acting.run(value, () => hold([value]));
          else hold([value]);
        }}
      >
        <option value="" disabled>
          {plainOf(element.placeholder) || "Choose…"}
        </option>
        {groups.map((group) => (group ? <optgroup key={group} label={group}>{options(group)}</optgroup> : options(group)))}
      </select>
    </Acted>
  );
}
