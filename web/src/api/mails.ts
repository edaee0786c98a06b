/** The mailbox of a developer's own machine. */
import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import type { KeptMail } from "./types";

const AGAIN_AFTER_MS = 2_000;

/** Files, not rows, so nothing tells of a new one: it is asked for. */
export const mailsQuery = queryOptions({
  queryKey: ["development", "mails"],
  queryFn: ({ signal }) => request<KeptMail[]>("GET", "/api/development/mails", { signal }),
  refetchInterval: AGAIN_AFTER_MS,
  retry: false,
});
