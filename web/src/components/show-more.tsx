import type { ReactNode } from "react";
import type { LivePages } from "@/api/live-pages";
import { Button } from "./ui/button";

/** Below a list that comes in pages; nothing where there is no more. The button says what comes, as "Show older". */
export function ShowMore({ pages, children }: { pages: LivePages<unknown>; children: ReactNode }) {
  if (!pages.hasMore && !pages.isLoadingMore) return null;
  return (
    <Button
      variant="outline"
      className="mt-4 w-full"
      disabled={pages.isLoadingMore}
      onClick={pages.showMore}
      data-testid="show-more"
    >
      {pages.isLoadingMore ? "Loading…" : children}
    </Button>
  );
}
