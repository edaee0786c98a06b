import { Link } from "@tanstack/react-router";
import { CalendarDaysIcon } from "lucide-react";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { InterviewStateBadge } from "@/components/interview-state";
import { ProblemNotice } from "@/components/problem-notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { startOf } from "@/lib/interview-order";
import { listOf } from "@/lib/locale";
import { isolated } from "@/lib/person";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

/** All interviews of one candidate, the newest first, with what came of each. */
export function CandidateRounds({ candidateId }: { candidateId: string }) {
  const rounds = useLive("interviews.of_candidate", { candidate_id: candidateId });
  return (
    <section>
      <h2 className="mb-3 font-semibold">Interviews</h2>
      {rounds.problem && <ProblemNotice problem={rounds.problem} />}
      {rounds.isPending && <Skeleton className="h-32 rounded-xl" />}
      {rounds.data?.length === 0 && (
        <EmptyState icon={CalendarDaysIcon} title="No interview yet" heading="h3" className="py-8">
          Plan one, and it appears here.
        </EmptyState>
      )}
      {rounds.data && rounds.data.length > 0 && (
        <ol className="divide-y overflow-hidden rounded-xl border bg-card">
          {rounds.data.map((interview) => (
            <Round key={interview.id} interview={interview} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Round({ interview }: { interview: Interview }) {
  const now = useNow();
  const people = listOf(interview.interviewers.map(({ name }) => isolated(name)));
  return (
    <li className="relative flex min-h-16 items-center gap-4 px-4 py-2.5 transition-colors hover:bg-muted">
      <div className="min-w-0 flex-1">
        <Link
          to="/interviews/$id"
          params={{ id: interview.id }}
          className="-outline-offset-2 block truncate font-medium after:absolute after:inset-0"
        >
          {interview.title}
        </Link>
        <p className="truncate text-[13px] text-muted-foreground">
          {dayAndTime(startOf(interview), now, ownTimeStyle())} · {people}
        </p>
      </div>
      <InterviewStateBadge interview={interview} />
    </li>
  );
}
