/** Writes on background work that failed. The list comes back through the live query. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { effect, useAct } from "./acts";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { FailedJob } from "./types";

function useSeeFailedJobs() {
  const queryClient = useQueryClient();
  return (jobs: FailedJob[]) => queryClient.setQueryData(liveQueryKey("jobs.failed", {}), jobs);
}

export function useRetryFailedJob(id: string) {
  return useMutation({
    mutationFn: () => request<FailedJob[]>("POST", `/api/failed-jobs/${id}/retry`),
    onSuccess: useSeeFailedJobs(),
  });
}

export function useDiscardFailedJob(id: string) {
  return useAct(
    () => request<FailedJob[]>("DELETE", `/api/failed-jobs/${id}`),
    [effect("jobs.failed", {}, (jobs) => jobs.filter((job) => job.id !== id))],
  );
}
