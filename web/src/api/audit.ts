/** Older pages of the audit log, and the log as a file; the newest page is a live query. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { ProblemError, parseProblem, request, send } from "./client";
import type { AuditPage } from "./types";

/** What is left out does not matter; times are ISO. */
export type AuditFilter = Partial<Record<"text" | "kind" | "since" | "until", string>>;

/** The pages below one that the reader already has. */
export function useOlderEvents(filter: AuditFilter, before: number | null) {
  return useInfiniteQuery({
    queryKey: ["audit", filter, before],
    queryFn: ({ pageParam, signal }) =>
      request<AuditPage>(
        "GET",
        `/api/audit-events?${new URLSearchParams({ ...filter, before: String(pageParam) })}`,
        {
          signal,
        },
      ),
    initialPageParam: before,
    getNextPageParam: (page) => page.older,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asks who is there first, if need be; the browser then saves the file. */
export async function exportAudit(filter: AuditFilter, form: "csv" | "jsonl"): Promise<void> {
  const response = await send("GET", `/api/audit-events/export?${new URLSearchParams({ ...filter, form })}`);
  if (!response.ok) {
    throw new ProblemError(parseProblem(response.status, await response.json().catch(() => undefined)));
  }
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `audit-log.${form}`;
  link.click();
  URL.revokeObjectURL(address);
}
