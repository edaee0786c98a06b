import { useEffect, useState } from "react";

/** True for a while after the value has become true, so that it is said once and then only shown. */
export function useNewly(value: boolean, milliseconds: number): boolean {
  const [isNew, setNew] = useState(false);
  useEffect(() => {
    setNew(value);
    if (!value) return;
    const timer = window.setTimeout(() => setNew(false), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return isNew;
}

/** True once the value has been true for a while. */
export function useLasting(value: boolean, milliseconds: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!value) return;
    const timer = window.setTimeout(() => setLasting(true), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return isLasting;
}
