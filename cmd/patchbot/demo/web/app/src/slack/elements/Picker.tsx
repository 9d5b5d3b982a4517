import { Acted } from "./Acted";
import { useAct, useHeld } from "./Acting";
import type { FieldProps } from "./Field";

const kinds: Record<string, string> = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

/** Picker is a choice of a day, a time, or both. */
export function Picker({ element, block, field }: FieldProps) {
  const acting = useAct(element, block);
  const [held, hold] = useHeld(element, block);
  const both = element.type === "datetimepicker";
  const shown = held[0] && both ? localTime(Number(held[0])) : (held[0] ?? "");

  return (
    <Acted acting={acting}>
      <input
        {...field.control}
        className="slack-input slack-picker"
        type={kinds[element.type]}
        disabled={acting.inert}
        aria-busy={acting.busy || undefined}
        value={shown}
        onChange={(event) => {
          const { value } = event.target;
          const chosen = value && both ? String(Math.floor(new Date(value).getTime() / 1000)) : value;
          if (field.acts && chosen) acting.run(chosen, () => hold([chosen]));
          else hold(chosen ? [chosen] : []);
        }}
      />
    </Acted>
  );
}

/** Writes Unix seconds as the browser's control takes them, in its zone. */
function localTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
