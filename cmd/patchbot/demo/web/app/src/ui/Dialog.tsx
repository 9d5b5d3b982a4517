import { type ReactNode, useLayoutEffect, useRef } from "react";
import "./dialog.css";

interface Props {
  labelledBy: string;
  describedBy?: string;
  className?: string;
  onCancel: () => void;
  children: ReactNode;
}

/**
 * Dialog is a modal dialog. The element marked data-first has the focus first. It goes back afterwards; where
 * what had it is gone meanwhile, to what that stood in.
 */
export function Dialog({ labelledBy, describedBy, className = "", onCancel, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const dialog = ref.current!;
    const around = document.activeElement?.closest<HTMLElement>("article[tabindex]");
    dialog.showModal();
    const controls = "input:not(:disabled), select:not(:disabled), textarea:not(:disabled)";
    (dialog.querySelector<HTMLElement>("[data-first]") ?? dialog.querySelector<HTMLElement>(controls))?.focus();
    return () => {
      dialog.close();
      const now = document.activeElement;
      if (now === document.body || dialog.contains(now)) around?.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={ref}
      className={`dialog ${className}`}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {children}
    </dialog>
  );
}
