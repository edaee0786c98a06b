/** Single-key shortcuts of the call, which stay quiet while someone types or holds a modifier. */
import { useEffect, useRef } from "react";

export type Shortcuts = Partial<Record<string, () => void>>;

/** Where keys are for writing or choosing. */
export const TYPING =
  "input, textarea, select, [contenteditable=''], [contenteditable='true'], [role='textbox'], [role='dialog'], [role='menu']";

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const act = latest.current[event.key.toLowerCase()];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
