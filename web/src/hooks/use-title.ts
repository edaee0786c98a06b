import { useEffect } from "react";

/** Names the browser tab while the page is shown. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Interview Stream` : "Interview Stream";
  }, [title]);
}
