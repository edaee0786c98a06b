/** The audit log as a file. */
import { ProblemError, parseProblem, send } from "./client";

/** What is left out does not matter; times are ISO. */
export type AuditFilter = Partial<Record<"text" | "kind" | "since" | "until", string>>;

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
