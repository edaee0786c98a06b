import { CircleCheckIcon, WrenchIcon } from "lucide-react";
import { useDiscardFailedJob, useRetryFailedJob } from "@/api/jobs";
import { useLive } from "@/api/live";
import type { Member } from "@/api/session";
import type { FailedJob } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

/** Background work that failed for good: what, when, why, and whether to try it again. */
export function JobsPage({ me }: { me: Member }) {
  useTitle("Background work");
  const isForMe = me.role !== "interviewer";
  const jobs = useLive("jobs.failed", {}, { enabled: isForMe });
  if (!isForMe) {
    return (
      <EmptyState icon={WrenchIcon} title="For owners and admins">
        They see here what the server tried to do by itself and could not.
      </EmptyState>
    );
  }
  return (
    <div>
      <p className="mb-4 max-w-prose text-muted-foreground">
        E-mails, recordings and tidying up are done in the background and tried several times. What failed
        every time waits here.
      </p>
      {jobs.problem && <ProblemNotice problem={jobs.problem} />}
      {jobs.isPending && <Skeleton className="h-40 rounded-xl" />}
      {jobs.data?.length === 0 && (
        <EmptyState icon={CircleCheckIcon} title="Nothing has failed">
          Everything that was to be done in the background was done, or is still being tried.
        </EmptyState>
      )}
      {jobs.data && jobs.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {jobs.data.map((job) => (
            <JobRow key={job.id} job={job} zone={me.user.time_zone || undefined} />
          ))}
        </ul>
      )}
    </div>
  );
}

function JobRow({ job, zone }: { job: FailedJob; zone?: string }) {
  const now = useNow();
  const retry = useRetryFailedJob(job.id);
  const discard = useDiscardFailedJob(job.id);
  const isBusy = retry.isPending || discard.isPending;
  return (
    <li
      className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-4 py-3"
      data-testid="failed-job"
    >
      <div className="min-w-60 flex-1">
        <p className="font-medium">{job.title}</p>
        <p className="mt-0.5">{job.reason}</p>
        <p className="mt-0.5 text-[13px] text-muted-foreground tabular-nums">
          Given up{" "}
          <time dateTime={job.failed_at}>
            {dayAndTime(new Date(job.failed_at), now, { ...ownTimeStyle(), zone })}
          </time>{" "}
          after {job.tries === 1 ? "one try" : `${job.tries} tries`}
        </p>
        {job.technical && (
          <details className="mt-1 text-[13px] text-muted-foreground">
            <summary className="cursor-pointer">For whoever reads the log</summary>
            <code className="mt-1 block break-all font-mono text-xs">{job.technical}</code>
          </details>
        )}
      </div>
      <div className="flex gap-2">
        <Button
          variant="outline"
          size="sm"
          disabled={isBusy}
          onClick={() =>
            retry.mutate(undefined, {
              onSuccess: () => toast("It is being tried again", { description: job.title }),
              onError: toastProblem,
            })
          }
        >
          Try again
        </Button>
        <Button
          variant="ghost"
          size="sm"
          disabled={isBusy}
          onClick={() => discard.mutate(undefined, { onError: toastProblem })}
        >
          Discard
        </Button>
      </div>
    </li>
  );
}
