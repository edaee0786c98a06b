import { CalendarHeartIcon } from "lucide-react";
import type { OwnInterview } from "@/api/candidates";
import { useLive } from "@/api/live";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dayAndTime, lengthOf, ownTimeStyle, zoneName } from "@/lib/time";

const STATES: Record<string, string> = {
  live: "Live",
  scheduled: "Planned",
  ended: "Over",
  cancelled: "Cancelled",
  no_show: "Missed",
};

/** Where the signed-in person is the candidate. What others think of them is nowhere here. */
export function OwnInterviewsPage() {
  useTitle("My interviews");
  const interviews = useLive("interviews.own", {});
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">My interviews</h1>
      <p className="mt-1 mb-6 text-muted-foreground">Interviews to which you are invited as the candidate.</p>
      {interviews.problem && <ProblemNotice problem={interviews.problem} />}
      {interviews.isPending && <Skeleton className="h-40 rounded-xl" />}
      {interviews.data?.length === 0 && (
        <EmptyState icon={CalendarHeartIcon} title="Nobody has invited you">
          An invitation that is sent to the e-mail address of your account appears here.
        </EmptyState>
      )}
      {interviews.data && interviews.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {interviews.data.map((interview) => (
            <OwnRow key={interview.id} interview={interview} />
          ))}
        </ul>
      )}
    </>
  );
}

function OwnRow({ interview }: { interview: OwnInterview }) {
  const now = useNow();
  const style = ownTimeStyle();
  const start = interview.scheduled_for === null ? null : new Date(interview.scheduled_for);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-[1_1_16rem]">
        <p className="truncate font-medium">{interview.title}</p>
        <p className="text-[13px] text-muted-foreground">
          <bdi>{interview.organisation_name}</bdi> ·{" "}
          {start ? `${dayAndTime(start, now, style)} ${zoneName(start, style)}` : "No fixed time"} ·{" "}
          {lengthOf(interview.duration_minutes * 60)}
        </p>
      </div>
      <Badge variant={interview.state === "live" ? "live" : "outline"}>{STATES[interview.state]}</Badge>
      {interview.link_url && (
        <Button asChild size="sm">
          <a href={interview.link_url}>Open</a>
        </Button>
      )}
    </li>
  );
}
