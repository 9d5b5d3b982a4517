import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import "./menu.css";

interface MenuItem {
  label: string;
  icon?: ReactNode;
  checked?: boolean; // of an item that is on or off
  onChoose: () => void;
}

/** Menu is a button with a list of actions; the list lies above everything else. */
export function Menu(props: { label: string; button: ReactNode; className?: string; items: () => MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={props.className ?? "aws-iconbutton"}
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {props.button}
      </button>
      {open && <MenuList id={id} label={props.label} items={props.items()} anchor={button.current!} onClose={close} />}
    </>
  );
}

function MenuList(props: {
  id: string;
  label: string;
  items: MenuItem[];
  anchor: HTMLElement;
  onClose: () => void;
}) {
  const { anchor, onClose } = props;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = list.current!;
    element.showPopover();
    const { bottom, top, right } = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    element.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
    element.style.top = `${bottom + height + 12 > innerHeight ? Math.max(8, top - height - 4) : bottom + 4}px`;
    element.querySelector<HTMLElement>("button")?.focus();
    const leave = (event: Event) => {
      const target = event.target as Node;
      if (!element.contains(target) && !anchor.contains(target)) onClose();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("scroll", leave, true);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("scroll", leave, true);
    };
  }, [anchor, onClose]);

  const move = (event: KeyboardEvent) => {
    const buttons = [...list.current!.querySelectorAll<HTMLElement>("button")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    } else if (to !== undefined) {
      event.preventDefault();
      buttons.at(to % buttons.length)?.focus();
    }
  };
  return (
    <div ref={list} id={props.id} popover="manual" role="menu" aria-label={props.label} className="aws-menu" onKeyDown={move}>
      {props.items.map((item) => (
        <button
          key={item.label}
          type="button"
          tabIndex={-1}
          role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
          aria-checked={item.checked}
          onClick={() => {
            item.onChoose();
            onClose();
          }}
        >
          {item.icon}
          <span>{item.label}</span>
          {item.checked && <span aria-hidden="true">✓</span>}
        </button>
      ))}
    </div>
  );
}
