import { createContext, useContext } from "react";
import type { Answer } from "../../api";

/** Failed tells the pane that something could not be done. */
export const Failed = createContext<(why: string) => void>(() => {});

/** Does something on the server, and shows when it went wrong. */
export function useAct() {
  const failed = useContext(Failed);
  return (done: Promise<Answer>) =>
    done.then(
      (answer) => answer.error && failed(answer.error),
      () => failed("The demo's server did not answer. Is patchbot demo still running?"),
    );
}
