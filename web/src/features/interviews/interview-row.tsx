import { Link } from "@tanstack/react-router";
import { VideoIcon } from "lucide-react";
import type { Interview } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { InterviewStateBadge } from "@/components/interview-state";
import { PersonAvatar } from "@/components/person-avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { isOver, needsInterviewer, startOf } from "@/lib/interview-order";
import { clockTime, dayName, lengthOf, nearness, ownTimeStyle } from "@/lib/time";

/** One interview in the list: the row opens it, the buttons at its end save the way. */
export function InterviewRow({ interview, now }: { interview: Interview; now: Date }) {
  const { candidate, state } = interview;
  const isJudged = state === "ended" || state === "evaluated";
  return (
    <li className="relative flex min-h-16 items-center gap-3 px-4 py-2.5 transition-colors hover:bg-muted">
      <PersonAvatar name={candidate.name} className="size-9" />
      <div className="min-w-0 flex-1 sm:grid sm:grid-cols-[minmax(0,1fr)_11rem] sm:items-center sm:gap-4">
        <div className="min-w-0">
          <Link
            to="/interviews/$id"
            params={{ id: interview.id }}
            className="-outline-offset-2 block truncate font-medium after:absolute after:inset-0"
          >
            {interview.title}
          </Link>
          <p className="truncate text-[13px] text-muted-foreground">
            {candidate.name ?? "Candidate not named yet"}
            {state === "waiting" && <span className="text-warning sm:hidden"> is waiting</span>}
            {needsInterviewer(interview) && (
              <span className="text-warning sm:hidden"> · needs an interviewer</span>
            )}
          </p>
        </div>
        <When interview={interview} now={now} />
      </div>
      <div className="flex w-auto shrink-0 items-center justify-end gap-2 md:w-52">
        {needsInterviewer(interview) && (
          <Badge variant="warning" className="max-sm:hidden">
            Needs an interviewer
          </Badge>
        )}
        {(state === "live" || (isOver(interview) && !isJudged) || interview.is_recording) && (
          <InterviewStateBadge interview={interview} />
        )}
        {state === "waiting" && (
          <span className="contents max-sm:hidden">
            <InterviewStateBadge interview={interview} />
          </span>
        )}
        {isOver(interview) && interview.recordings_count > 0 && (
          <span className="whitespace-nowrap text-[13px] text-muted-foreground max-sm:hidden">
            {interview.recordings_count === 1 ? "1 recording" : `${interview.recordings_count} recordings`}
          </span>
        )}
        {state === "scheduled" && !needsInterviewer(interview) && (
          <CopyButton
            text={candidate.link_url}
            label="Copy link"
            variant="ghost"
            size="sm"
            className="relative text-muted-foreground max-md:hidden"
          />
        )}
        {isJudged && (
          <Button
            asChild
            size="sm"
            variant={interview.awaits_my_scorecard ? "default" : "outline"}
            className="relative"
          >
            <Link to="/interviews/$id/evaluation" params={{ id: interview.id }}>
              {state === "ended" ? "Evaluate" : "Decide"}
            </Link>
          </Button>
        )}
        {!isOver(interview) && (
          <Button
            asChild
            size="sm"
            variant={state === "live" || state === "waiting" ? "default" : "outline"}
            className="relative"
          >
            <Link to="/interviews/$id/room" params={{ id: interview.id }}>
              <VideoIcon className="max-sm:hidden" />
              Join
            </Link>
          </Button>
        )}
      </div>
    </li>
  );
}

function When({ interview, now }: { interview: Interview; now: Date }) {
  const start = startOf(interview);
  const style = ownTimeStyle();
  const isPlanned = interview.scheduled_for !== null;
  const near = interview.state === "scheduled" && isPlanned ? nearness(start, now) : "";
  return (
    <p className="truncate text-[13px] sm:text-sm">
      <span className="max-sm:text-muted-foreground">
        {dayName(start, now, style)}, <span className="tabular-nums">{clockTime(start, style)}</span>
      </span>
      <span className="text-muted-foreground sm:block sm:text-[13px]">
        <span className="sm:hidden"> · </span>
        {near || lengthOf(interview.duration_minutes * 60)}
      </span>
    </p>
  );
}
