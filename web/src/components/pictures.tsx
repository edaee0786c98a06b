/** Where people's pictures are found by whoever draws a person: one watched list for all of a member's pages. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { useLive } from "@/api/live";

const PicturesContext = createContext<ReadonlyMap<number, string>>(new Map());

/** Around the pages of a member. Guests see no pictures, so theirs go without. */
export function Pictures({ children }: { children: ReactNode }) {
  const { data } = useLive("pictures.list", {});
  const byPerson = useMemo(() => new Map((data ?? []).map(({ user_id, url }) => [user_id, url])), [data]);
  return <PicturesContext value={byPerson}>{children}</PicturesContext>;
}

/** The address of somebody's picture; undefined for whoever has none, or no account. */
export function usePictureOf(userId: number | null | undefined): string | undefined {
  const byPerson = useContext(PicturesContext);
  return userId == null ? undefined : byPerson.get(userId);
}
