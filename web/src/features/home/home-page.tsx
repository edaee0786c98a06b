import { Link } from "@tanstack/react-router";
import { useLive } from "@/api/live";
import type { Recording } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordingRow } from "@/components/recording-row";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { type Agenda, agendaOf, needsInterviewer, nextUp, startOf } from "@/lib/interview-order";
import { clockTime, dayAndTime, longDay, ownTimeStyle } from "@/lib/time";
import { Counts } from "./counts";
import { greeting } from "./greeting";
import { NextCard } from "./next-card";
import { QuickActions } from "./quick-actions";
import { ToEvaluate } from "./to-evaluate";

const MOST_RECORDINGS = 4;

export function HomePage({ userName }: { userName: string }) {
  useTitle("Home");
  const interviews = useLive("interviews.open", {});
  const counts = useLive("interviews.counts", {});
  const recordings = useLive("recordings.list", {});
  const now = useNow();
  const style = ownTimeStyle();
  const next = nextUp(interviews.data ?? [], now);
  const agenda = agendaOf(interviews.data ?? [], now, style);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
      <div>
        <h1 className="font-semibold text-2xl tracking-tight">{greeting(userName, now)}</h1>
        <p className="mt-1 text-muted-foreground">{longDay(now, style)}</p>
      </div>
      {interviews.problem && <ProblemNotice problem={interviews.problem} />}
      {interviews.isPending ? (
        <Skeleton className="h-44 rounded-xl" />
      ) : (
        <NextCard interview={next} now={now} />
      )}
      <QuickActions />
      <ToEvaluate now={now} />
      <Counts counts={counts.data} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-2">
        <Section
          title={agenda.isToday ? "Today" : "Coming up"}
          all={<Link to="/interviews">All interviews</Link>}
        >
          <AgendaList agenda={agenda} isPending={interviews.isPending} now={now} />
        </Section>
        <Section title="Latest recordings" all={<Link to="/recordings">All recordings</Link>}>
          <LatestRecordings recordings={recordings.data?.items} isPending={recordings.isPending} />
        </Section>
      </div>
    </div>
  );
}

function Section({
  title,
  all,
  children,
}: {
  title: string;
  all: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex items-center justify-between">
        <h2 className="font-semibold">{title}</h2>
        <Button asChild variant="link" size="sm" className="-mr-2.5">
          {all}
        </Button>
      </div>
      {children}
    </section>
  );
}

function Rows({ count }: { count: number }) {
  return (
    <div className="grid gap-px overflow-hidden rounded-xl border">
      {Array.from({ length: count }, (_, row) => row).map((row) => (
        <div key={row} className="flex h-16 items-center gap-3 bg-card px-4">
          <Skeleton className="size-8 rounded-full" />
          <div className="grid flex-1 gap-2">
            <Skeleton className="h-3 w-2/5" />
            <Skeleton className="h-3 w-1/4" />
          </div>
        </div>
      ))}
    </div>
  );
}

function Nothing({ children }: { children: React.ReactNode }) {
  return (
    <p className="rounded-xl border border-dashed px-4 py-6 text-center text-muted-foreground">{children}</p>
  );
}

function AgendaList({ agenda, isPending, now }: { agenda: Agenda; isPending: boolean; now: Date }) {
  if (isPending) return <Rows count={3} />;
  if (agenda.interviews.length === 0) return <Nothing>No interviews ahead.</Nothing>;
  const style = ownTimeStyle();
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-card">
      {agenda.interviews.map((interview) => (
        <li key={interview.id}>
          <Link
            to="/interviews/$id"
            params={{ id: interview.id }}
            className="-outline-offset-2 flex min-h-16 items-center gap-3 px-4 py-2.5 transition-colors hover:bg-muted"
          >
            <PersonAvatar name={interview.candidate.name} className="size-9" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{interview.title}</span>
              <span className="block truncate text-[13px] text-muted-foreground">
                {interview.candidate.name ?? "Candidate not named yet"}
                {needsInterviewer(interview) && <span className="text-warning"> · needs an interviewer</span>}
              </span>
            </span>
            <span className="shrink-0 text-right text-[13px] text-muted-foreground tabular-nums">
              {interview.state === "live" && <span className="font-medium text-primary">Live</span>}
              {interview.state === "waiting" && <span className="font-medium text-warning">Waiting</span>}
              {interview.state === "scheduled" &&
                (agenda.isToday
                  ? clockTime(startOf(interview), style)
                  : dayAndTime(startOf(interview), now, style))}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function LatestRecordings({
  recordings,
  isPending,
}: {
  recordings: Recording[] | undefined;
  isPending: boolean;
}) {
  if (isPending) return <Rows count={3} />;
  if (!recordings || recordings.length === 0) {
    return <Nothing>Record a call, and it appears here minutes after you stop.</Nothing>;
  }
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-card">
      {recordings.slice(0, MOST_RECORDINGS).map((recording) => (
        <li key={recording.id}>
          <RecordingRow recording={recording} />
        </li>
      ))}
    </ul>
  );
}
