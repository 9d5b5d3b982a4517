import { useEffect, useId, useRef, useState } from "react";
import { clock as server } from "../api";
import { Icon } from "../aws/ui/Icon";
import { useAct } from "../aws/ui/useAct";
import { Segmented } from "../aws/ui/Segmented";
import { useDemo } from "../store";
import { DemoTime } from "./DemoTime";
import { SkipButton } from "./SkipButton";
import "./clock.css";

const speeds = [
  { value: 0, label: "Pause" },
  { value: 1, label: "1×", hint: "1×, real time" },
  { value: 30, label: "30×", hint: "30×, half a minute a second" },
  { value: 100, label: "100×", hint: "100×, under two minutes a second" },
];

/** ClockBar shows the demo's time, and how fast it goes. In little room all but the time waits in a popover. */
export function ClockBar() {
  const bar = useRef<HTMLDivElement>(null);
  const width = useWidth(bar);
  const act = useAct();
  const speed = useDemo((state) => state.clock?.speed);
  const controls = (
    <>
      <Segmented
        label="Speed of the clock"
        segments={speeds}
        value={speed}
        onChange={(value) => void act(server.setSpeed(value))}
      />
      <SkipButton />
    </>
  );
  const compact = width < 430;
  return (
    <div ref={bar} className="clock-bar" role="group" aria-label="Demo clock">
      <DemoTime />
      {compact ? <More>{controls}</More> : controls}
    </div>
  );
}

function More({ children }: { children: React.ReactNode }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="clock-more" aria-label="Set the clock" aria-expanded={open} popoverTarget={id}>
        <Icon name="down" size={14} />
      </button>
      <div
        id={id}
        className="clock-popover"
        popover="auto"
        role="group"
        aria-label="Set the clock"
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {children}
      </div>
    </>
  );
}

function useWidth(of: React.RefObject<HTMLElement | null>) {
  const [width, setWidth] = useState(Infinity);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(of.current!);
    return () => observer.disconnect();
  }, [of]);
  return width;
}
