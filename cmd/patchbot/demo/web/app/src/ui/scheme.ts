import { createContext, useContext, useSyncExternalStore } from "react";

type Scheme = "light" | "dark";

/** SchemeChoice is a scheme that a part of the page has instead of the system's. */
export const SchemeChoice = createContext<Scheme | undefined>(undefined);

const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** Tells the scheme for what cannot follow light-dark() by itself. */
export function useScheme(): Scheme {
  const chosen = useContext(SchemeChoice);
  const system = useSyncExternalStore(
    (tell) => {
      dark.addEventListener("change", tell);
      return () => dark.removeEventListener("change", tell);
    },
    () => (dark.matches ? "dark" : "light"),
  );
  return chosen ?? system;
}
