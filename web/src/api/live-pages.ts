/** Lists that come in pages and stay live: every page on screen is watched, and rows that come or go move nothing out of sight. */
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "./client";
import { follow, type LiveQueries, liveQuery, liveQueryKey } from "./live";
import { ends as cutEnds, ranges } from "./page-ranges";

interface Page<Item> {
  items: Item[];
  /** Where the page ends and the next one begins. */
  next?: string | null;
}

/** Live queries whose answer is a page. */
type Paged = {
  [Q in keyof LiveQueries]: LiveQueries[Q]["data"] extends Page<unknown> ? Q : never;
}[keyof LiveQueries];

type ItemOf<Q extends Paged> = LiveQueries[Q]["data"] extends Page<infer Item> ? Item : never;

export interface LivePages<Item> {
  items: Item[];
  problem: Problem | null;
  /** Nothing has come yet. */
  isPending: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  showMore: () => void;
}

/** `filter` is what the query takes beside its place: other values begin at the first page. */
export function useLivePages<Q extends Paged>(
  query: Q,
  filter: Omit<LiveQueries[Q]["args"], "after" | "upto">,
): LivePages<ItemOf<Q>> {
  const queryClient = useQueryClient();
  const filterKey = JSON.stringify(filter);
  const [held, setHeld] = useState<{ filterKey: string; ends: string[] }>({ filterKey, ends: [] });
  const ends = held.filterKey === filterKey ? held.ends : [];
  const places = ranges(ends).map((range) => ({ ...filter, ...range }) as LiveQueries[Q]["args"]);
  const results = useQueries({ queries: places.map((args) => liveQuery(query, args)) });
  useFollowed(query, places);

  const pages = results.map((result) => result.data as Page<ItemOf<Q>> | undefined);
  const cut = cutEnds(
    ends,
    pages.map((page) => page?.next),
  );
  useEffect(() => {
    // A page with more rows than one answer holds ended earlier: what did not fit becomes a page of its own.
    if (cut) setHeld({ filterKey, ends: cut });
  });

  const last = pages.at(-1);
  const next = last?.next ?? null;
  const showMore = useCallback(() => {
    if (next === null) return;
    // The page that was the last becomes a range; its rows are those on screen.
    const pinned = { ...places.at(-1), upto: next } as LiveQueries[Q]["args"];
    queryClient.setQueryData(liveQueryKey(query, pinned), last as LiveQueries[Q]["data"]);
    setHeld({ filterKey, ends: [...ends, next] });
  }, [next, places, last, ends, filterKey, query, queryClient]);

  const failed = results.find((result) => result.isError);
  return {
    items: pages.flatMap((page) => page?.items ?? []),
    problem: failed ? problemOf(failed.error) : null,
    isPending: results[0]?.isPending ?? true,
    hasMore: next !== null,
    isLoadingMore: results.length > 1 && (results.at(-1)?.isPending ?? false),
    showMore,
  };
}

/** Watches what is new among the places and lets go of what is gone; what stays is not asked for again. */
function useFollowed<Q extends Paged>(query: Q, places: LiveQueries[Q]["args"][]): void {
  const queryClient = useQueryClient();
  const stops = useRef(new Map<string, () => void>());
  const wanted = JSON.stringify(places);
  useEffect(() => {
    const byKey = new Map(
      (JSON.parse(wanted) as LiveQueries[Q]["args"][]).map((args) => [JSON.stringify([query, args]), args]),
    );
    for (const [key, args] of byKey)
      if (!stops.current.has(key)) stops.current.set(key, follow(queryClient, query, args));
    for (const [key, stop] of stops.current) {
      if (byKey.has(key)) continue;
      stop();
      stops.current.delete(key);
    }
  }, [query, wanted, queryClient]);
  useEffect(() => {
    const following = stops.current;
    return () => {
      for (const stop of following.values()) stop();
      following.clear();
    };
  }, []);
}
