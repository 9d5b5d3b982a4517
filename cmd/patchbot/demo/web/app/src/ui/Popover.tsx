import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
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

  useLayoutEffect(() => {
    if (!open) return;
    panel.current!.showPopover();
    place(panel.current!, button.current!, props.align ?? "left");
  }, [open, props.align]);

  useEffect(() => {
    if (!open) return;
    const items = itemsOf(panel.current);
    (items.find((i) => i.getAttribute("aria-checked") === "true") ?? items[0] ?? panel.current)?.focus();
    const outside = (event: Event) => {
      const { target } = event;
      if (!(target instanceof Node && root.current?.contains(target))) setOpen(false);
    };
    const moved = ({ target }: Event) => {
      if (!(target instanceof Node) || target.contains(button.current)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("scroll", moved, true);
    window.addEventListener("resize", moved);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("scroll", moved, true);
      window.removeEventListener("resize", moved);
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
          popover="manual"
          role={props.role}
          aria-label={props.title}
          tabIndex={-1}
          className="popover-panel"
        >
          {props.children(close)}
        </div>
      )}
    </div>
  );
}

const gap = 6; // pixels between the button and what it opens, and to the page's edge

/** Places a panel below its button, or above where there is no room below. */
function place(panel: HTMLElement, button: HTMLElement, align: "left" | "right") {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = align === "left" ? at.left : at.right - width;
  const below = at.bottom + gap + height <= window.innerHeight || at.top < height;
  panel.style.left = `${Math.max(gap, Math.min(left, window.innerWidth - width - gap))}px`;
  panel.style.top = `${below ? at.bottom + gap : at.top - gap - height}px`;
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
