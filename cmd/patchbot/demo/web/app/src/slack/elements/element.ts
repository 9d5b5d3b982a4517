import type { Block } from "../../types";

/** BlockElement is an interactive element of Block Kit, as the bot sent it. */
export type BlockElement = { type: string; action_id?: string } & Record<string, any>;

/** Option is a choice of a menu, of radio buttons or checkboxes. */
export interface Option {
  value: string;
  label: string;
  description?: string;
  url?: string;
  group?: string;
}

export const plainOf = (text: { text?: string } | undefined): string => text?.text ?? "";

export function optionsOf(element: BlockElement): Option[] {
  const option = (o: any, group?: string): Option => ({
    value: o.value ?? "",
    label: plainOf(o.text),
    description: o.description && plainOf(o.description),
    url: o.url,
    group,
  });
  const groups: Option[] = (element.option_groups ?? []).flatMap((g: any) =>
    (g.options ?? []).map((o: any) => option(o, plainOf(g.label))),
  );
  return [...(element.options ?? []).map((o: any) => option(o)), ...groups];
}

/** Gives what an element holds before anybody touched it. */
export function initialOf(e: BlockElement): string[] {
  const many = e.initial_options?.map((o: any) => o.value) ?? e.initial_users ?? e.initial_channels ?? e.initial_conversations;
  if (many) return many;
  const one =
    e.initial_option?.value ??
    e.initial_value ??
    e.initial_date ??
    e.initial_time ??
    e.initial_date_time ??
    e.initial_user ??
    e.initial_channel ??
    e.initial_conversation;
  return one === undefined || one === null ? [] : [String(one)];
}

/** Values are what was entered into elements, by the place of each. */
export type Values = Readonly<Record<string, string[]>>;

/** Names where an element stands: Slack keeps what it holds while its block's id is the same, and only then. */
export const placeOf = (block: string, element: BlockElement) => `${block}\n${element.action_id ?? ""}`;

/** Gives what an element holds. What it does not offer any more is forgotten. */
export function heldBy(element: BlockElement, block: string, values: Values): string[] {
  const entered = values[placeOf(block, element)];
  const offered = (element.options ?? element.option_groups) && optionsOf(element).map((o) => o.value);
  return entered?.every((value) => offered?.includes(value) ?? true) ? entered : initialOf(element);
}

/** Lists the elements of blocks that hold a value, with their block. */
export function holders(blocks: Block[]): { block: Block; element: BlockElement }[] {
  return blocks.flatMap((block) => {
    const elements: BlockElement[] = [...(block.element ? [block.element] : []), ...(block.accessory ? [block.accessory] : [])];
    if (block.type === "actions") elements.push(...block.elements);
    return elements.filter((e) => holds.test(e.type)).map((element) => ({ block, element }));
  });
}

const holds = /(select|picker|input|checkboxes|radio_buttons)$/;

/** Says what is wrong with the value of an input block, as Slack does before it submits. */
export function problem(block: Block, values: string[]): string | undefined {
  const e = (block.element ?? {}) as BlockElement;
  const value = values[0] ?? "";
  if (!values.length || (values.length === 1 && value === "")) return block.optional ? undefined : "This is a required field.";
  if (e.min_length && value.length < e.min_length) return `Write at least ${e.min_length} characters.`;
  if (e.type === "email_text_input" && !/^[^\s@]+@[^\s@]+$/.test(value)) return "This is no email address.";
  if (e.type === "url_text_input" && !URL.canParse(value)) return "This is no address of a page.";
  if (e.type === "number_input") {
    const number = Number(value);
    if (Number.isNaN(number)) return "This is no number.";
    if (!e.is_decimal_allowed && !Number.isInteger(number)) return "Only whole numbers are taken.";
    if (e.min_value !== undefined && number < Number(e.min_value)) return `It must be at least ${e.min_value}.`;
    if (e.max_value !== undefined && number > Number(e.max_value)) return `It must be at most ${e.max_value}.`;
  }
  return undefined;
}
