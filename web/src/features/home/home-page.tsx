import { Link } from "@tanstack/react-router";
import { useLive } from "@/api/live";
import type { Interview, Recording } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordingRow } from "@/components/recording-row";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { nextUp, startOf } from "@/lib/interview-order";
import { browserTimeStyle, clockTime, daysUntil, longDay } from "@/lib/time";
import { greeting } from "./greeting";
import { NextCard } from "./next-card";
import { QuickActions } from "./quick-actions";

const MOST_RECORDINGS = 4;

export function HomePage({ userName }: { userName: string }) {
  useTitle("Home");
  const interviews = useLive("interviews.list", {});
  const recordings = useLive("recordings.list", {});
  const now = useNow();
  const style = browserTimeStyle();
  const next = nextUp(interviews.data ?? [], now);
  const today = (interviews.data ?? [])
    .filter((each) => daysUntil(startOf(each), now, style) === 0)
    .sort((a, b) => startOf(a).getTime() - startOf(b).getTime());
  return (
    <div className="grid gap-8">
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
      <div className="grid gap-8 lg:grid-cols-2">
        <Section title="Today" all={<Link to="/interviews">All interviews</Link>}>
          <TodayList interviews={today} isPending={interviews.isPending} />
        </Section>
        <Section title="Latest recordings" all={<Link to="/recordings">All recordings</Link>}>
          <LatestRecordings recordings={recordings.data} isPending={recordings.isPending} />
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

function TodayList({ interviews, isPending }: { interviews: Interview[]; isPending: boolean }) {
  if (isPending) return <Rows count={3} />;
  if (interviews.length === 0) return <Nothing>No interviews today.</Nothing>;
  const style = browserTimeStyle();
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-card">
      {interviews.map((interview) => (
        <li key={interview.id}>
          <Link
            to="/interviews/$id"
            params={{ id: interview.id }}
            className="-outline-offset-2 flex min-h-16 items-center gap-3 px-4 py-2.5 transition-colors hover:bg-muted"
          >
            <span className="w-14 shrink-0 whitespace-nowrap text-muted-foreground tabular-nums">
              {clockTime(startOf(interview), style)}
            </span>
            <PersonAvatar name={interview.candidate.name ?? "?"} />
            <span className="min-w-0 flex-1">
              <span
                className={
                  interview.state === "ended"
                    ? "block truncate text-muted-foreground"
                    : "block truncate font-medium"
                }
              >
                {interview.title}
              </span>
              <span className="block truncate text-[13px] text-muted-foreground">
                {interview.candidate.name ?? "Candidate not named yet"}
              </span>
            </span>
            {interview.state === "live" && <span className="font-medium text-primary text-xs">Live</span>}
            {interview.state === "ended" && <span className="text-muted-foreground text-xs">Ended</span>}
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
