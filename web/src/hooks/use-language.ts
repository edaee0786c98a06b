/** Keeps the page in the English of whoever is signed in: `<html lang>`, and how days, times and numbers are written. */
import type { QueryClient } from "@tanstack/react-query";
import { meQuery } from "@/api/session";
import type { Language, Me } from "@/api/types";
import { isLanguage, writeLike } from "@/lib/locale";

function apply(language: Language | null): void {
  document.documentElement.lang = language ?? "en";
  writeLike(language, navigator.languages);
}

/** From the first paint, for which the server names the account's choice, through every later one on any device. */
export function followAccountLanguage(queryClient: QueryClient): void {
  const said = document.documentElement.lang;
  apply(isLanguage(said) ? said : null);
  queryClient.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[0] !== meQuery.queryKey[0]) return;
    const me = query.state.data as Me | undefined;
    if (me) apply(me.user?.language ?? null);
  });
}
