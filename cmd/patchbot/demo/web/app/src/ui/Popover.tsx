import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import "./popover.css";

interface Props {
  label?: string; // of the button, where it has no words
  button: ReactNode;
  buttonClass: string;
  role: "menu" | "dialog";
  title: string; // of what opens
  align?: "left" | "right";
  disabled?: boolean;
  busy?: boolean;
  onOpen?: () => void;
  children: (close: () => void) => ReactNode;
}

/** Popover is a button that opens something below it; Escape or a click elsewhere closes it. */
export function Popover(props: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return;
    const items = itemsOf(panel.current);
    (items.find((i) => i.getAttribute("aria-checked") === "true") ?? items[0] ?? panel.current)?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as globalThis.Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);

  const toggle = () => {
    if (!open) props.onOpen?.();
    setOpen(!open);
  };

  return (
    <div
      className="popover"
      ref={root}
      onKeyDown={(event) => {
        if (!open) return;
        if (event.key === "Escape") {
          event.stopPropagation();
          event.preventDefault();
          close();
        } else if (props.role === "menu") {
          move(event, panel.current);
        }
      }}
    >
      <button
        ref={button}
        type="button"
        className={props.buttonClass}
        aria-label={props.label}
        aria-haspopup={props.role}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-busy={props.busy || undefined}
        disabled={props.disabled}
        onClick={toggle}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !open && props.role === "menu") {
            event.preventDefault();
            toggle();
          }
        }}
      >
        {props.button}
      </button>
      {open && (
        <div
          ref={panel}
          id={id}
          role={props.role}
          aria-label={props.title}
          tabIndex={-1}
          className={`popover-panel popover-${props.align ?? "left"}`}
        >
          {props.children(close)}
        </div>
      )}
    </div>
  );
}

const itemsOf = (panel: HTMLElement | null) =>
  [...(panel?.querySelectorAll<HTMLElement>("[role^=menuitem], button, a[href]") ?? [])];

/** Moves the focus among the items of a menu. */
function move(event: React.KeyboardEvent, panel: HTMLElement | null) {
  const items = itemsOf(panel);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || !items.length) return;
  event.preventDefault();
  items[(to + items.length) % items.length]!.focus();
}
