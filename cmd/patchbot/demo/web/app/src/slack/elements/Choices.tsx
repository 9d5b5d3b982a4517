import { useId } from "react";
import { Mrkdwn } from "../text/Mrkdwn";
import { Acted } from "./Acted";
import { useAct, useHeld } from "./Acting";
import type { FieldProps } from "./Field";
import { optionsOf } from "./element";

/** Choices are radio buttons, or checkboxes. */
export function Choices({ element, block, field }: FieldProps) {
  const acting = useAct(element, block);
  const [held, hold] = useHeld(element, block);
  const name = useId();
  const many = element.type === "checkboxes";

  const choose = (value: string) => {
    const rest = held.filter((v) => v !== value);
    const next = many ? (rest.length === held.length ? [...held, value] : rest) : [value];
    if (field.acts) acting.run(value, () => hold(next));
    else hold(next);
  };

  return (
    <Acted acting={acting}>
      <div {...field.group} role={many ? "group" : "radiogroup"} className="slack-choices" aria-busy={acting.busy || undefined}>
        {optionsOf(element).map((option) => (
          <label key={option.value} className="slack-choice">
            <input
              type={many ? "checkbox" : "radio"}
              name={name}
              disabled={acting.inert}
              checked={held.includes(option.value)}
              onChange={() => choose(option.value)}
            />
            <span>
              <Mrkdwn text={option.label} />
              {option.description && (
                <span className="slack-choice-description">
                  <Mrkdwn text={option.description} />
                </span>
              )}
            </span>
          </label>
        ))}
      </div>
    </Acted>
  );
}
