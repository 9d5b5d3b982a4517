import { Icon } from "../../ui/Icon";
import { Popover } from "../../ui/Popover";
import { safeHref } from "../../ui/safeHref";
import { Acted } from "./Acted";
import { useAct } from "./Acting";
import { type BlockElement, optionsOf } from "./element";

/** Overflow is Block Kit's menu behind three dots. */
export function Overflow({ element, block }: { element: BlockElement; block: string }) {
  const acting = useAct(element, block);
  return (
    <Acted acting={acting}>
      <Popover
        label="More actions"
        title="More actions"
        role="menu"
        align="right"
        button={<Icon name="more" />}
        buttonClass="slack-button slack-button-icon"
        disabled={acting.inert}
        busy={acting.busy}
      >
        {(close) =>
          optionsOf(element).map((option) => {
            const choose = () => {
              close();
              acting.run(option.value);
            };
            const address = safeHref(option.url);
            if (address) {
              return (
                <a key={option.value} role="menuitem" className="popover-item" href={address} target="_blank" rel="noreferrer" onClick={choose}>
                  {option.label}
                </a>
              );
            }
            return (
              <button key={option.value} type="button" role="menuitem" className="popover-item" onClick={choose}>
                {option.label}
              </button>
            );
          })
        }
      </Popover>
    </Acted>
  );
}
