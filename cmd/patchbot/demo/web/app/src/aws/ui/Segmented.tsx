import { useId } from "react";
import "./segmented.css";

interface Segment<T> {
  value: T;
  label: string;
  hint?: string; // spoken instead of the label
}

/** Segmented chooses one of a few values, as radio buttons that look like one control. */
export function Segmented<T extends string | number>(props: {
  label: string;
  segments: Segment<T>[];
  value: T | undefined;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <div className="aws-segmented" role="radiogroup" aria-label={props.label}>
      {props.segments.map(({ value, label, hint }) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            aria-label={hint}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}
