import { Link } from "@tanstack/react-router";
import { CalendarPlusIcon, DoorOpenIcon, VideoIcon, ZapIcon } from "lucide-react";
import type { Interview } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { LiveDot } from "@/components/interview-state";
import { PersonAvatar } from "@/components/person-avatar";
import { Button } from "@/components/ui/button";
import { useStartCall } from "@/hooks/use-start-call";
import { cn } from "@/lib/cn";
import { startOf } from "@/lib/interview-order";
import { isolated } from "@/lib/person";
import { dayName, nearness, ownTimeStyle, timeRange, zoneName } from "@/lib/time";

/** The interview that is live, or the one that comes next, ready to be entered. */
export function NextCard({ interview, now }: { interview: Interview | undefined; now: Date }) {
  if (!interview) return <NothingNext />;
  const isLive = interview.state === "live";
  const isWaiting = interview.state === "waiting";
  const { candidate } = interview;
  return (
    <section
      aria-label={isLive ? "Live now" : isWaiting ? "Waiting" : "Next interview"}
      className={cn(
        "rounded-xl border bg-card p-5 shadow-soft md:p-6",
        isLive && "border-live/50",
        isWaiting && "border-warning/50",
      )}
    >
      <NextLabel interview={interview} now={now} />
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-5">
        <div className="flex min-w-0 flex-[1_1_22rem] items-center gap-4">
          <PersonAvatar name={candidate.name} className="size-12 text-lg" />
          <div className="min-w-0">
            <Link
              to="/interviews/$id"
              params={{ id: interview.id }}
              className="line-clamp-2 font-semibold text-lg leading-6 underline-offset-4 hover:underline"
            >
              {interview.title}
            </Link>
            <p className="mt-0.5 truncate text-muted-foreground">
              {candidate.name
                ? `with ${isolated(candidate.name)}`
                : "Candidate gives a name on opening the link"}
            </p>
          </div>
        </div>
        <div className="flex w-full gap-2 sm:w-auto">
          <CopyButton text={candidate.link_url} label="Copy candidate link" variant="outline" />
          <Button asChild className="flex-1 px-4">
            <Link to="/interviews/$id/room" params={{ id: interview.id }}>
              <VideoIcon />
              Join
            </Link>
          </Button>
        </div>
      </div>
    </section>
  );
}

function NextLabel({ interview, now }: { interview: Interview; now: Date }) {
  const start = startOf(interview);
  const style = ownTimeStyle();
  const when = `${dayName(start, now, style)}, ${timeRange(start, interview.duration_minutes, style)} ${zoneName(start, style)}`;
  if (interview.state === "live") {
    return (
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium text-primary">
        <LiveDot />
        Live now
        <span className="font-normal text-muted-foreground">{when}</span>
      </p>
    );
  }
  if (interview.state === "waiting") {
    return (
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium text-warning">
        <DoorOpenIcon className="size-4" aria-hidden />
        {isolated(interview.candidate.name ?? "The candidate")} is waiting
        <span className="font-normal text-muted-foreground">{when}</span>
      </p>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
      {interview.scheduled_for
        ? `${start > now ? "Next" : "Due"} ${nearness(start, now)}`
        : "Ready when you are"}
      {interview.scheduled_for && <span className="font-normal text-muted-foreground">{when}</span>}
    </p>
  );
}

function NothingNext() {
  const { startCall, isStarting } = useStartCall();
  return (
    <section className="flex flex-wrap items-center justify-between gap-x-6 gap-y-5 rounded-xl border bg-card p-6 shadow-soft">
      <div className="max-w-md">
        <h2 className="font-semibold text-lg">Nothing is planned</h2>
        <p className="mt-1 text-muted-foreground">
          Start a call right away or schedule one. Either way you get a personal link to send to your
          candidate.
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button asChild variant="outline">
          <Link to="/interviews/new">
            <CalendarPlusIcon />
            Schedule
          </Link>
        </Button>
        <Button onClick={startCall} disabled={isStarting}>
          <ZapIcon />
          Start a call
        </Button>
      </div>
    </section>
  );
}
