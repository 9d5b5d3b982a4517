import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Answer, type Element, noAnswer } from "../../api";
import { type BlockElement, heldBy, placeOf, plainOf, type Values } from "./element";

/** Surface is what the elements of one message or view act upon. */
export interface Surface {
  act?: (element: Element) => Promise<Answer>; // none where nothing can be done
  values: Values;
  enter: (place: string, values: string[]) => void;
  problems: Readonly<Record<string, string>>; // by block_id
}

const SurfaceContext = createContext<Surface>({ values: {}, enter: () => {}, problems: {} });

export const SurfaceProvider = SurfaceContext.Provider;

export const useSurface = () => useContext(SurfaceContext);

const noProblems = {};

/** Gives the elements of a message something to act upon, and a place for what they hold. */
export function Acting({ act, children }: { act?: Surface["act"]; children: ReactNode }) {
  const [values, setValues] = useState<Values>({});
  const surface = useMemo<Surface>(
    () => ({
      act,
      values,
      enter: (place, entered) => setValues((known) => ({ ...known, [place]: entered })),
      problems: noProblems,
    }),
    [act, values],
  );
  return <SurfaceProvider value={surface}>{children}</SurfaceProvider>;
}

/** Confirm is the question that an element asks before it acts. */
export interface Confirm {
  title: string;
  text: string;
  mrkdwn: boolean;
  confirm: string;
  deny: string;
  danger: boolean;
}

function confirmOf(element: BlockElement): Confirm | undefined {
  const asked = element.confirm;
  if (!asked) return undefined;
  return {
    title: plainOf(asked.title) || "Are you sure?",
    text: plainOf(asked.text),
    mrkdwn: asked.text?.type === "mrkdwn",
    confirm: plainOf(asked.confirm) || "Yes",
    deny: plainOf(asked.deny) || "Cancel",
    danger: asked.style === "danger",
  };
}

/**
 * Lets an element act: first it asks, if it has a confirm dialog; then it is busy until it was
 * delivered; what Slack shows when it went wrong stays until the next try.
 */
export function useAct(element: BlockElement, block: string) {
  const surface = useSurface();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [asking, setAsking] = useState<{ confirm: Confirm; go: () => void }>();
  const { act } = surface;

  const deliver = async (value: string | undefined) => {
    if (!act || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const answer = await act({ actionId: element.action_id ?? "", blockId: block, value });
      setError(answer.error);
    } catch {
      setError(noAnswer);
    }
    setBusy(false);
  };

  return {
    inert: !act,
    busy,
    error,
    asking: asking && {
      confirm: asking.confirm,
      answer: (yes: boolean) => {
        setAsking(undefined);
        if (yes) asking.go();
      },
    },
    /** Acts, with the value that was chosen; before runs once the person is sure. */
    run: (value?: string, before?: () => void) => {
      const go = () => {
        before?.();
        void deliver(value);
      };
      const confirm = confirmOf(element);
      if (confirm) setAsking({ confirm, go });
      else go();
    },
  };
}

/** Holds the value of an element. */
export function useHeld(element: BlockElement, block: string): [string[], (values: string[]) => void] {
  const { values, enter } = useSurface();
  return [heldBy(element, block, values), (entered) => enter(placeOf(block, element), entered)];
}
