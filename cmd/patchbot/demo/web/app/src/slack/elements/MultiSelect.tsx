import { Fragment, useState } from "react";
import { Acted } from "./Acted";
import { useAct, useHeld } from "./Acting";
import type { FieldProps } from "./Field";
import { useOffers } from "./Select";
import { type Option, plainOf } from "./element";

const searchedFrom = 9; // so many are more than can be looked over

/** MultiSelect is a menu of which several things are chosen. */
export function MultiSelect({ element, block, field }: FieldProps) {
  const acting = useAct(element, block);
  const [held, hold] = useHeld(element, block);
  const [sought, seek] = useState("");
  const offered = useOffers(element);
  const shown = offered.filter((o) => o.label.toLowerCase().includes(sought.trim().toLowerCase()));
  const full = held.length >= (element.max_selected_items ?? Infinity);
  const toggle = (value: string) => {
    const next = held.includes(value) ? held.filter((v) => v !== value) : [...held, value];
    if (field.acts) acting.run(value, () => hold(next));
    else hold(next);
  };

  return (
    <Acted acting={acting}>
      <div {...field.group} role="group" className="slack-many" tabIndex={-1}>
        {offered.length >= searchedFrom && (
          <div className="slack-many-tools">
            <input
              className="slack-input"
              aria-label={plainOf(element.placeholder) || "Search"}
              placeholder={plainOf(element.placeholder) || "Search"}
              disabled={acting.inert}
              value={sought}
              onChange={(event) => seek(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            />
            <span role="status" className="slack-many-count">
              {held.length} of {offered.length} chosen
            </span>
            {!field.acts && (
              <button type="button" className="slack-button" disabled={acting.inert || !held.length} onClick={() => hold([])}>
                Clear
              </button>
            )}
          </div>
        )}
        <div className="slack-many-options" tabIndex={acting.inert ? 0 : undefined}>
          {shown.map((option, i) => (
            <Fragment key={option.value}>
              {option.group && option.group !== shown[i - 1]?.group && <div className="slack-many-group">{option.group}</div>}
              <Checkbox
                option={option}
                checked={held.includes(option.value)}
                disabled={acting.inert || (full && !held.includes(option.value))}
                toggle={() => toggle(option.value)}
              />
            </Fragment>
          ))}
          {!shown.length && <p className="slack-hint">Nothing here has “{sought}” in its name.</p>}
        </div>
      </div>
    </Acted>
  );
}

function Checkbox({ option, checked, disabled, toggle }: { option: Option; checked: boolean; disabled: boolean; toggle: () => void }) {
  return (
    <label className="slack-choice">
      <input type="checkbox" disabled={disabled} checked={checked} onChange={toggle} />
      <span>{option.label}</span>
    </label>
  );
}
