import { useEffect, useState } from "react";
import { history } from "../../api";
import type { Execution, Step } from "../../types";

const pauseMs = 300;
const nothing: Step[] = [];

/** The steps of an execution, read again when its history has grown. */
export function useHistory(execution?: Execution): { steps: Step[]; failed: boolean } {
  const [known, setKnown] = useState<{ arn?: string; steps: Step[]; failed: boolean }>({ steps: nothing, failed: false });
  const { arn, machine, name, events } = execution ?? {};
  const first = known.arn !== arn;
  useEffect(() => {
    if (!arn || !machine || !name) return;
    let wanted = true;
    const timer = setTimeout(
      () =>
        history(machine, name).then(
          (steps) => wanted && setKnown({ arn, steps, failed: false }),
          () => wanted && setKnown((before) => ({ arn, steps: before.arn === arn ? before.steps : nothing, failed: true })),
        ),
      first ? 0 : pauseMs,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
    // An execution that is read for the first time must not be read again because it then is known.
  }, [arn, machine, name, events]);
  return first ? { steps: nothing, failed: false } : known;
}
