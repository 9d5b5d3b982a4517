import { useSyncExternalStore } from "react";

export type Route = "slack" | "aws" | "views";

// On a wide page #/ and #/aws show the same: both halves.
const routes: Record<string, Route> = { "#/views": "views", "#/aws": "aws" };

export const useRoute = (): Route =>
  useSyncExternalStore(
    (tell) => {
      window.addEventListener("hashchange", tell);
      return () => window.removeEventListener("hashchange", tell);
    },
    () => routes[location.hash] ?? "slack",
  );
