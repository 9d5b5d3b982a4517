import { useSyncExternalStore } from "react";

/** Shelf holds one value that components share. */
interface Shelf<T> {
  get: () => T;
  set: (next: T) => void;
  use: <V>(select: (value: T) => V) => V;
}

export function shelf<T>(first: T): Shelf<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const listen = (tell: () => void) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  };
  return {
    get: () => value,
    set: (next) => {
      value = next;
      listeners.forEach((tell) => tell());
    },
    use: (select) => useSyncExternalStore(listen, () => select(value)),
  };
}
