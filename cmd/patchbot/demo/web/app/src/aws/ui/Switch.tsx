import "./switch.css";

export function Switch(props: { label: string; on: boolean; onChange: (on: boolean) => void; describedBy?: string }) {
  return (
    <label className="aws-switch">
      <input
        type="checkbox"
        role="switch"
        checked={props.on}
        aria-describedby={props.describedBy}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span className="aws-switch-track" aria-hidden="true" />
      {props.label}
    </label>
  );
}
