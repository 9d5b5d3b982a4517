import { useEffect, useState } from "react";
import { history } from "../../api";
import type { Execution, Step } from "../../types";

/** Read is what is known of an execution's history. */
export interface Read {
  steps: Step[];
  dropped?: boolean; // the server has forgotten it
  failed?: boolean; // it could not be read
}

const pauseMs = 300;
const nothing: Read = { steps: [] };

/** The steps of an execution, read again when its history has grown. */
export function useHistory(execution?: Execution): Read {
  const [known, setKnown] = useState<Read & { arn?: string }>(nothing);
  const { arn, machine, name, events } = execution ?? {};
  const first = known.arn !== arn;
  useEffect(() => {
    if (!arn || !machine || !name) return;
    let wanted = true;
    const timer = setTimeout(
      () =>
        history(machine, name).then(
          (read) => wanted && setKnown({ ...read, arn }),
          () => wanted && setKnown((before) => ({ ...(before.arn === arn ? before : nothing), arn, failed: true })),
        ),
      first ? 0 : pauseMs,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
    // An execution that is read for the first time must not be read again because it then is known.
  }, [arn, machine, name, events]);
  return first ? nothing : known;
}
