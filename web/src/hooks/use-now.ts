import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = new Date();
let timer = 0;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = new Date();
    timer = window.setInterval(() => {
      now = new Date();
      for (const each of listeners) each();
    }, 15_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

/** The present moment, renewed every quarter of a minute, the same for everything on the page. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
