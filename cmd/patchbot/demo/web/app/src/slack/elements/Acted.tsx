import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { ConfirmDialog } from "./ConfirmDialog";
import type { useAct } from "./Acting";

/** Acted draws an element, and what comes of using it: the question whether one is sure, and an error. */
export function Acted({ acting, children }: { acting: ReturnType<typeof useAct>; children: ReactNode }) {
  return (
    <div className="slack-element">
      {children}
      {acting.error && (
        <p className="slack-error" role="alert">
          {acting.error}
        </p>
      )}
      {acting.asking && createPortal(<ConfirmDialog {...acting.asking} />, document.body)}
    </div>
  );
}
