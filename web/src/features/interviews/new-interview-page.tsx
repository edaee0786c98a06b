import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Candidate } from "@/api/candidates";
import { problemOf } from "@/api/client";
import { useCreateInterview } from "@/api/interviews";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { PageHeader } from "@/components/app-shell";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { fieldErrors } from "@/lib/field-errors";
import { clashesWith } from "@/lib/interview-order";
import { DayPlan } from "./day-plan";
import { bodyOf, type Draft, emptyDraft, startOfDraft, whenOf } from "./draft";
import { InterviewFields } from "./interview-form";
import { SuggestedTimes } from "./offer-times";
import { TimeNote } from "./time-note";

interface NewInterviewPageProps {
  myId: number;
  /** Whose next interview it is to be. */
  candidateId?: string;
  onCreated: (interview: Interview) => Promise<void>;
}

/** One page, no wizard: the form on the left, the day it falls on to the right. */
export function NewInterviewPage({ candidateId, ...props }: NewInterviewPageProps) {
  useTitle("New interview");
  const known = useLive(
    "candidates.get",
    { candidate_id: candidateId ?? "" },
    { enabled: candidateId !== undefined },
  );
  if (known.isPending) return <Skeleton className="h-96 rounded-xl" />;
  return <NewInterview {...props} candidate={known.data} />;
}

type NewInterviewProps = Omit<NewInterviewPageProps, "candidateId"> & { candidate: Candidate | undefined };

function NewInterview({ myId, candidate, onCreated }: NewInterviewProps) {
  const now = useNow();
  const create = useCreateInterview();
  const interviews = useLive("interviews.open", {});
  const [draft, setDraft] = useState<Draft>(() => ({
    ...emptyDraft(now, myId),
    ...(candidate && {
      candidateId: candidate.id,
      candidateName: candidate.name ?? "",
      candidateEmail: candidate.email ?? "",
    }),
  }));
  const start = startOfDraft(draft);
  const plan = { start: start ?? now, minutes: draft.minutes };
  const { interviewerIds } = draft;
  const clashes = clashesWith({ ...plan, interviewerIds }, interviews.data ?? []);
  const problem = create.error ? problemOf(create.error) : null;
  const errors = fieldErrors(problem);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await create.mutateAsync(bodyOf(draft)).catch(() => null);
    if (made) await onCreated(made);
  };
  return (
    <>
      <PageHeader title="New interview" />
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <form onSubmit={submit} className="grid content-start gap-6">
          {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
          <InterviewFields
            draft={draft}
            onChange={(change) => setDraft({ ...draft, ...change })}
            errors={errors}
            hasNow
            timeNote={
              <>
                <SuggestedTimes
                  interviewerIds={interviewerIds}
                  minutes={draft.minutes}
                  now={now}
                  onPick={(picked) => setDraft({ ...draft, ...whenOf(picked) })}
                />
                <TimeNote
                  start={start}
                  minutes={draft.minutes}
                  now={now}
                  clashes={clashes}
                  candidateZone={draft.candidateZone}
                  interviewerIds={interviewerIds}
                />
              </>
            }
          />
          <p className="text-[13px] text-muted-foreground">
            {draft.isNow || draft.candidateEmail.trim() === ""
              ? "You get a personal link for the candidate on the next page. It needs no account."
              : "The candidate and the interviewers get an e-mail with a calendar entry; the candidate's has a personal link, which needs no account."}
          </p>
          <div className="flex gap-2">
            <Button type="submit" className="px-4" disabled={create.isPending || draft.title.trim() === ""}>
              {create.isPending
                ? "Creating…"
                : draft.isNow
                  ? "Create and get the link"
                  : "Schedule interview"}
            </Button>
            <Button asChild variant="ghost">
              <Link to="/interviews">Cancel</Link>
            </Button>
          </div>
        </form>
        <DayPlan
          plan={{ ...plan, title: draft.title }}
          interviews={interviews.data ?? []}
          now={now}
          onPick={(picked) => setDraft({ ...draft, ...whenOf(picked) })}
        />
      </div>
    </>
  );
}
