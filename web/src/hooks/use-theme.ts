import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { meQuery, useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { toastProblem } from "@/components/toaster";

export type ThemeChoice = "light" | "dark" | "system";

const KEY = "theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");
let choice = read();

function read(): ThemeChoice {
  const account = document.querySelector<HTMLMetaElement>('meta[name="account-theme"]')?.content;
  if (isChoice(account)) return account;
  return readStored();
}

function readStored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return isChoice(value) ? value : "system";
  } catch {
    return "system";
  }
}

function isChoice(value: string | null | undefined): value is ThemeChoice {
  return value === "light" || value === "dark" || value === "system";
}

function apply(): void {
  document.documentElement.classList.toggle(
    "dark",
    choice === "dark" || (choice === "system" && system.matches),
  );
}

function changed(): void {
  apply();
  for (const listener of listeners) listener();
}

system.addEventListener("change", changed);
// Another tab of ours has chosen.
window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  choice = readStored();
  changed();
});

/** Takes the account's colours on, now and when another device of the person's chooses others. */
export function followAccountTheme(queryClient: QueryClient): void {
  let before: string | null = null;
  queryClient.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[0] !== meQuery.queryKey[0]) return;
    const chosen = (query.state.data as Me | undefined)?.user?.theme ?? null;
    if (chosen !== null && chosen !== before && chosen !== choice) setTheme(chosen);
    before = chosen;
  });
}

/** Choosing: for this browser, and for the account of whoever is signed in. */
export function useChooseTheme(): (next: ThemeChoice) => void {
  const queryClient = useQueryClient();
  const session = useSession();
  return (next) => {
    setTheme(next);
    if (queryClient.getQueryData(meQuery.queryKey)?.user) session.chooseTheme(next).catch(toastProblem);
  };
}

/** For this browser alone. */
export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  changed();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}
