import { useEffect, useRef, useState } from "react";

/** The value, renewed at most so often: on patch day the server speaks hundreds of times a second. */
export function usePaced<T>(value: T, ms = 200): T {
  const [shown, setShown] = useState(value);
  const renewed = useRef(-Infinity);
  useEffect(() => {
    const wait = renewed.current + ms - performance.now();
    const renew = () => {
      renewed.current = performance.now();
      setShown(value);
    };
    const timer = setTimeout(renew, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [value, ms]);
  return shown;
}
