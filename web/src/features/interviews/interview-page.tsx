import { Link } from "@tanstack/react-router";
import { CalendarOffIcon, ClipboardCheckIcon, PencilIcon, UserRoundXIcon, VideoIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { BackLink } from "@/components/back-link";
import { ChatLog } from "@/components/chat-log";
import { EmptyState } from "@/components/empty-state";
import { InterviewStateBadge } from "@/components/interview-state";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordingRow } from "@/components/recording-row";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { isOver, needsInterviewer } from "@/lib/interview-order";
import { Activities } from "./activities";
import { Attachments } from "./attachments";
import { CandidateLink } from "./candidate-link";
import { EditInterviewDialog } from "./edit-interview-dialog";
import { InterviewActs } from "./interview-acts";
import { InterviewDetails, InterviewTime } from "./interview-details";
import { Observers } from "./observers";
import { OfferTimes } from "./offer-times";

/** Everything about one interview; the candidate's link and the way into the room first. */
export function InterviewPage({ interviewId, problems }: { interviewId: string; problems: ReactNode }) {
  const interview = useLive("interviews.get", { interview_id: interviewId });
  useTitle(interview.data?.title ?? (interview.problem ? "Interview" : undefined));
  if (interview.problem) {
    // 422: what stands in the address cannot be an identifier.
    if ([404, 422].includes(interview.problem.status)) return <UnknownInterview />;
    return <ProblemNotice problem={interview.problem} />;
  }
  if (!interview.data) return <InterviewSkeleton />;
  return <Loaded interview={interview.data} problems={problems} />;
}

function Loaded({ interview, problems }: { interview: Interview; problems: ReactNode }) {
  const now = useNow();
  const [isEditing, setIsEditing] = useState(false);
  const hasEnded = isOver(interview);
  return (
    <>
      <BackLink to="/interviews">Interviews</BackLink>
      <header className="mt-3 mb-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 flex-[1_1_20rem]">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 className="min-w-0 break-words font-semibold text-2xl leading-8 tracking-tight">
              {interview.title}
            </h1>
            <InterviewStateBadge interview={interview} />
          </div>
          <InterviewTime interview={interview} now={now} />
        </div>
        <div className="flex gap-2 max-sm:w-full">
          <Button
            asChild
            variant={interview.awaits_my_scorecard ? "default" : "outline"}
            className="max-sm:flex-1"
          >
            <Link to="/interviews/$id/evaluation" params={{ id: interview.id }}>
              <ClipboardCheckIcon />
              {interview.awaits_my_scorecard ? "Evaluate" : "Evaluation"}
            </Link>
          </Button>
          {interview.allowed.includes("edit") && (
            <Button variant="outline" onClick={() => setIsEditing(true)} className="max-sm:flex-1">
              <PencilIcon />
              Edit
            </Button>
          )}
          <InterviewActs interview={interview} />
          {!hasEnded && (
            <Button asChild className="px-4 max-sm:flex-1" data-testid="join-room">
              <Link to="/interviews/$id/room" params={{ id: interview.id }}>
                <VideoIcon />
                Join
              </Link>
            </Button>
          )}
        </div>
      </header>
      {needsInterviewer(interview) && (
        <Alert variant="warning" className="mb-8">
          <UserRoundXIcon />
          <AlertTitle>Nobody holds this interview</AlertTitle>
          <AlertDescription>
            Everybody who did has left. Choose somebody under Edit, or cancel: the candidate has not been
            told.
          </AlertDescription>
        </Alert>
      )}
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="grid min-w-0 grid-cols-1 gap-8">
          <CandidateLink interview={interview} />
          <OfferTimes interview={interview} />
          {interview.description && (
            <section>
              <h2 className="mb-3 font-semibold">What to expect</h2>
              <p className="whitespace-pre-line break-words">{interview.description}</p>
            </section>
          )}
          <Observers interview={interview} />
          {problems}
          <Attachments interview={interview} />
          <InterviewRecordings interviewId={interview.id} hasEnded={hasEnded} />
          <ChatLog interviewId={interview.id} />
          <Activities interviewId={interview.id} />
        </div>
        <InterviewDetails interview={interview} now={now} />
      </div>
      <EditInterviewDialog interview={interview} open={isEditing} onOpenChange={setIsEditing} />
    </>
  );
}

function InterviewRecordings({ interviewId, hasEnded }: { interviewId: string; hasEnded: boolean }) {
  const recordings = useLive("recordings.of_interview", { interview_id: interviewId });
  return (
    <section>
      <h2 className="mb-3 font-semibold">Recordings</h2>
      {recordings.problem && <ProblemNotice problem={recordings.problem} />}
      {recordings.isPending && <Skeleton className="h-16 rounded-xl" />}
      {recordings.data?.length === 0 && (
        <EmptyState icon={VideoIcon} title="Nothing recorded" heading="h3" className="py-8">
          {hasEnded
            ? "No one pressed Record in this interview."
            : "Press Record in the call. Everyone sees it, and you can watch it here afterwards."}
        </EmptyState>
      )}
      {recordings.data && recordings.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {recordings.data.map((recording) => (
            <li key={recording.id}>
              <RecordingRow recording={recording} isTitled={false} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function UnknownInterview() {
  return (
    <EmptyState
      icon={CalendarOffIcon}
      title="There is no such interview"
      className="mt-16 border-none"
      heading="h1"
      action={
        <Button asChild variant="outline">
          <Link to="/interviews">All interviews</Link>
        </Button>
      }
    >
      The address may be incomplete, or the interview belongs to another organisation.
    </EmptyState>
  );
}

function InterviewSkeleton() {
  return (
    <div aria-hidden="true">
      <BackLink to="/interviews">Interviews</BackLink>
      <Skeleton className="mt-4 h-8 w-2/5" />
      <Skeleton className="mt-3 h-4 w-1/4" />
      <div className="mt-10 grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="grid gap-8">
          <Skeleton className="h-44 rounded-xl" />
          <Skeleton className="h-40 rounded-xl" />
        </div>
        <Skeleton className="h-40 rounded-xl" />
      </div>
    </div>
  );
}
