import { createContext, useContext } from "react";
import { type Answer, noAnswer } from "../../api";

/** Failed tells the page that something could not be done. */
export const Failed = createContext<(why: string) => void>(() => {});

/** Does something on the server, and shows when it went wrong. */
export function useAct() {
  const failed = useContext(Failed);
  return (done: Promise<Answer>) =>
    done.then(
      (answer) => answer.error && failed(answer.error),
      () => failed(noAnswer),
    );
}
