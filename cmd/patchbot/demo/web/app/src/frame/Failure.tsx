import { Icon } from "../ui/Icon";

/** Failure says that something a person asked the demo for could not be done. */
export function Failure({ why, onDismiss }: { why: string; onDismiss: () => void }) {
  return (
    <p role="alert" className="banner banner-bad">
      <Icon name="warn" size={16} />
      <span>{why}</span>
      <button type="button" onClick={onDismiss}>
        Dismiss
      </button>
    </p>
  );
}
