import { useId } from "react";
import type { Block } from "../../types";
import { useSurface } from "../elements/Acting";
import { Field, isField } from "../elements/Field";
import { plainOf } from "../elements/element";
import { Library } from "./Library";

const grouped = /^(radio_buttons|checkboxes|multi_.*)$/;

/** InputBlock is a labelled field of a form, with its hint and what is wrong with it. */
export function InputBlock({ block }: { block: Block }) {
  const { problems } = useSurface();
  const id = useId();
  if (!isField(block.element.type)) return <Library block={block} inert />;

  const hint = plainOf(block.hint);
  const problem = problems[block.block_id ?? ""];
  const describedBy = [hint && `${id}hint`, problem && `${id}problem`].filter(Boolean).join(" ") || undefined;
  const group = grouped.test(block.element.type);
  const label = (
    <>
      {plainOf(block.label)}
      {block.optional && <span className="slack-optional"> (optional)</span>}
    </>
  );

  return (
    <div className={problem ? "slack-field slack-field-wrong" : "slack-field"}>
      {group ? (
        <div className="slack-label" id={`${id}label`}>{label}</div>
      ) : (
        <label className="slack-label" htmlFor={`${id}control`}>{label}</label>
      )}
      <Field
        element={block.element}
        block={block.block_id ?? ""}
        field={{
          acts: !!block.dispatch_action,
          control: {
            id: `${id}control`,
            "aria-describedby": describedBy,
            "aria-invalid": problem ? true : undefined,
            "aria-required": block.optional ? undefined : true,
          },
          group: { "aria-labelledby": `${id}label`, "aria-describedby": describedBy },
        }}
      />
      {hint && <p className="slack-hint" id={`${id}hint`}>{hint}</p>}
      {problem && <p className="slack-error" role="alert" id={`${id}problem`}>{problem}</p>}
    </div>
  );
}
