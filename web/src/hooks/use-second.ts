import { useEffect, useState } from "react";

/** Unix time in milliseconds, renewed every second while somebody counts. */
export function useSecond(isCounting: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isCounting) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [isCounting]);
  return now;
}
