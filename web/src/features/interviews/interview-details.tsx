import { Link } from "@tanstack/react-router";
import { SCOPE_WORDS } from "@/api/calls";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { TextLink } from "@/components/text-link";
import { isOver, startOf } from "@/lib/interview-order";
import { listOf } from "@/lib/locale";
import { isolated } from "@/lib/person";
import {
  dayAndTime,
  dayName,
  elsewhere,
  lengthOf,
  longDay,
  nearness,
  ownTimeStyle,
  timeRange,
  zoneName,
} from "@/lib/time";
import { EndInterview } from "./end-interview";
import { KINDS } from "./kinds";

/** Under the title: when it is, in the reader's own zone. */
export function InterviewTime({ interview, now }: { interview: Interview; now: Date }) {
  const style = ownTimeStyle();
  const start = startOf(interview);
  if (interview.scheduled_for === null && interview.state === "scheduled") {
    return (
      <p className="mt-1.5 text-muted-foreground">
        {interview.offered.length > 0
          ? "The candidate chooses the time."
          : "Not planned for a time: join whenever you are ready."}
      </p>
    );
  }
  const there = elsewhere(start, interview.candidate.time_zone, style);
  const near = interview.state === "scheduled" ? nearness(start, now) : "";
  return (
    <p className="mt-1.5 text-muted-foreground">
      {dayName(start, now, style)}, {timeRange(start, interview.duration_minutes, style)}{" "}
      {zoneName(start, style)}
      {near && ` · ${near}`}
      {there && (
        <span className="block text-[13px]">
          {longDay(start, there)}, {timeRange(start, interview.duration_minutes, there)}{" "}
          {zoneName(start, there)} for the candidate ({interview.candidate.time_zone?.replaceAll("_", " ")})
        </span>
      )}
    </p>
  );
}

/** The facts beside the page, and the way to end it. */
export function InterviewDetails({ interview, now }: { interview: Interview; now: Date }) {
  const style = ownTimeStyle();
  const consent = useLive("calls.consents", { interview_id: interview.id }).data?.[0];
  const facts: (readonly [string, string])[] = [
    ["Kind", KINDS[interview.kind]],
    [
      interview.interviewers.length === 1 ? "Interviewer" : "Interviewers",
      listOf(interview.interviewers.map(({ name }) => isolated(name))),
    ],
    ["Length", lengthOf(interview.duration_minutes * 60)],
    ...(interview.kit ? [["Kit", `${interview.kit.name}, version ${interview.kit.number}`] as const] : []),
    ["Created by", interview.created_by.name],
    ["Created", dayAndTime(new Date(interview.created_at), now, style)],
  ];
  if (consent !== undefined) {
    facts.push(["Candidate may be recorded", SCOPE_WORDS[consent.scope]]);
    facts.push(["Chosen", dayAndTime(new Date(consent.at), now, style)]);
  } else {
    facts.push([
      "Recording",
      interview.is_recording_planned ? "Planned; the candidate is asked" : "Not planned",
    ]);
  }
  if (interview.ended_at && ["ended", "evaluated", "decided"].includes(interview.state)) {
    facts.push(["Ended", dayAndTime(new Date(interview.ended_at), now, style)]);
  }
  return (
    <div className="grid gap-5">
      <section>
        <h2 className="mb-3 font-semibold">Details</h2>
        <dl className="grid gap-3">
          {interview.candidate.candidate_id && (
            <div className="flex justify-between gap-4 lg:grid lg:gap-0.5">
              <dt className="text-[13px] text-muted-foreground">Candidate</dt>
              <dd className="min-w-0 break-words">
                <Link
                  to="/candidates/$id"
                  params={{ id: interview.candidate.candidate_id }}
                  className="rounded-md underline decoration-muted-foreground/50 underline-offset-4 hover:decoration-current"
                >
                  <bdi>
                    {interview.candidate.name ?? interview.candidate.email ?? "Their other interviews"}
                  </bdi>
                </Link>
              </dd>
            </div>
          )}
          {facts.map(([term, fact]) => (
            <div key={term} className="flex justify-between gap-4 lg:grid lg:gap-0.5">
              <dt className="text-[13px] text-muted-foreground">{term}</dt>
              <dd className="min-w-0 break-words">{fact}</dd>
            </div>
          ))}
        </dl>
      </section>
      <ConnectionLink interview={interview} />
      {interview.allowed.includes("end") && !isOver(interview) && <EndInterview interview={interview} />}
    </div>
  );
}

/** For whom it is open: owners, admins, and who holds or planned the interview. */
function ConnectionLink({ interview }: { interview: Interview }) {
  const me = useLive("me.get", {}).data;
  const people = [interview.created_by, ...interview.interviewers];
  if (!me?.user || (me.role === "interviewer" && !people.some(({ id }) => id === me.user?.id))) return null;
  return (
    <p className="text-[13px] text-muted-foreground">
      Was a call hard to hear or see?{" "}
      <TextLink to="/interviews/$id/connection" params={{ id: interview.id }}>
        Connection
      </TextLink>
    </p>
  );
}
