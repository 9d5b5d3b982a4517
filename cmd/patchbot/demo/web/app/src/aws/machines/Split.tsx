import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";

const [least, most] = [18, 82];
const bounded = (share: number) => Math.min(most, Math.max(least, share));

/** Split lays one thing above another, with a bar to move between them. */
export function Split({ top, bottom }: { top: ReactNode; bottom: ReactNode }) {
  const [share, setShare] = useState(54);
  const frame = useRef<HTMLDivElement>(null);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { top, height } = frame.current!.getBoundingClientRect();
    setShare(bounded(((event.clientY - top) / height) * 100));
  };
  const move = (event: KeyboardEvent) => {
    const to = { ArrowUp: share - 4, ArrowDown: share + 4, Home: least, End: most }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setShare(bounded(to));
  };
  return (
    <div ref={frame} className="aws-split">
      <div className="aws-split-top" style={{ flexBasis: `${share}%` }}>
        {top}
      </div>
      <div
        className="aws-split-bar"
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of the graph"
        aria-valuenow={Math.round(share)}
        aria-valuemin={least}
        aria-valuemax={most}
        tabIndex={0}
        onKeyDown={move}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      />
      <div className="aws-split-bottom">{bottom}</div>
    </div>
  );
}
