import "./elements.css";
import type { BlockElement } from "./element";
import { Button } from "./Button";
import { Choices } from "./Choices";
import { Overflow } from "./Overflow";
import { Picker } from "./Picker";
import { MultiSelect } from "./MultiSelect";
import { Select } from "./Select";
import { TextInput } from "./TextInput";

/** Labelling ties an element to what names and describes it. */
interface Labelling {
  acts: boolean; // whether a change is told to the bot at once
  control: { id?: string; "aria-label"?: string; "aria-labelledby"?: string; "aria-describedby"?: string; "aria-invalid"?: boolean; "aria-required"?: boolean };
  group: { "aria-label"?: string; "aria-labelledby"?: string; "aria-describedby"?: string; role?: string };
}

export interface FieldProps {
  element: BlockElement;
  block: string; // block_id
  field: Labelling;
}

const fields: Record<string, (props: FieldProps) => React.ReactNode> = {
  button: Button,
  overflow: Overflow,
  static_select: Select,
  users_select: Select,
  channels_select: Select,
  conversations_select: Select,
  multi_static_select: MultiSelect,
  multi_users_select: MultiSelect,
  multi_channels_select: MultiSelect,
  multi_conversations_select: MultiSelect,
  radio_buttons: Choices,
  checkboxes: Choices,
  datepicker: Picker,
  timepicker: Picker,
  datetimepicker: Picker,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
};

export const isField = (type: string) => type in fields;

/** Field draws an interactive element that works here. */
export function Field(props: FieldProps) {
  const Of = fields[props.element.type];
  return Of ? <Of {...props} /> : null;
}

/** Names an element that has no label of its own. */
export function labelOf(element: BlockElement): string {
  const kind = element.type.replace("multi_", "").replace("_select", "").replace("_", " ");
  return element.placeholder?.text ?? { datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time" }[kind] ?? "Choose";
}
