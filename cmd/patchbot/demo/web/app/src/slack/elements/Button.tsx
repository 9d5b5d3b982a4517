import { safeHref } from "../../ui/safeHref";
import { Acted } from "./Acted";
import { useAct } from "./Acting";
import { type BlockElement, plainOf } from "./element";

const styles: Record<string, string> = {
  primary: "slack-button slack-button-primary",
  danger: "slack-button slack-button-danger",
};

/** Button is Block Kit's button. One with an address opens it, and is still told to the bot. */
export function Button({ element, block }: { element: BlockElement; block: string }) {
  const acting = useAct(element, block);
  const address = safeHref(element.url);
  const className = styles[element.style] ?? "slack-button";
  const label = plainOf(element.text);
  const shared = {
    className,
    "aria-label": element.accessibility_label,
    "aria-busy": acting.busy || undefined,
  };
  return (
    <Acted acting={acting}>
      {address && !acting.inert ? (
        <a {...shared} href={address} target="_blank" rel="noreferrer" onClick={() => acting.run()}>
          {label}
        </a>
      ) : (
        <button
          {...shared}
          type="button"
          disabled={acting.inert}
          aria-disabled={acting.busy || undefined}
          onClick={() => !acting.busy && acting.run()}
        >
          {label}
        </button>
      )}
    </Acted>
  );
}
