import { Acted } from "./Acted";
import { useAct, useHeld } from "./Acting";
import type { FieldProps } from "./Field";
import { plainOf } from "./element";

const kinds: Record<string, string> = { email_text_input: "email", url_text_input: "url", number_input: "text" };

/** TextInput is a field to type into: words, a number, an email address or that of a page. */
export function TextInput({ element, block, field }: FieldProps) {
  const acting = useAct(element, block);
  const [held, hold] = useHeld(element, block);
  const value = held[0] ?? "";
  const on: string[] = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const shared = {
    ...field.control,
    className: "slack-input",
    value,
    disabled: acting.inert,
    placeholder: plainOf(element.placeholder),
    maxLength: element.max_length,
    "aria-busy": acting.busy || undefined,
    onChange: (event: { target: { value: string } }) => {
      hold([event.target.value]);
      if (field.acts && on.includes("on_character_entered")) acting.run(event.target.value);
    },
  };
  if (element.multiline) {
    return (
      <Acted acting={acting}>
        <textarea {...shared} rows={4} />
      </Acted>
    );
  }
  return (
    <Acted acting={acting}>
      <input
        {...shared}
        type={kinds[element.type] ?? "text"}
        inputMode={element.type === "number_input" ? "decimal" : undefined}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !field.acts || !on.includes("on_enter_pressed")) return;
          event.preventDefault();
          acting.run(value);
        }}
      />
    </Acted>
  );
}
