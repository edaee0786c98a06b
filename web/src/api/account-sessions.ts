/** Ending sessions, one's own. The list comes back through the live query. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { AccountSession } from "./types";

function useSeeSessions() {
  const queryClient = useQueryClient();
  return (sessions: AccountSession[]) =>
    queryClient.setQueryData(liveQueryKey("sessions.list", {}), sessions);
}

export function useRevokeSession(id: number) {
  return useMutation({
    mutationFn: () => request<AccountSession[]>("DELETE", `/api/sessions/${id}`),
    onSuccess: useSeeSessions(),
  });
}

export function useRevokeOtherSessions() {
  return useMutation({
    mutationFn: () => request<AccountSession[]>("POST", "/api/sessions/revoke-others"),
    onSuccess: useSeeSessions(),
  });
}
