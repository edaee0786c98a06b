import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useRescheduleInterview } from "@/api/interviews";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { useNow } from "@/hooks/use-now";
import { fieldErrors } from "@/lib/field-errors";
import { clashesWith, isOver } from "@/lib/interview-order";
import { dayAndTime, nextSlot, ownTimeStyle } from "@/lib/time";
import { draftOf, startOfDraft, whenOf } from "./draft";
import { LengthField, TimeFields } from "./interview-form";
import { ReasonField } from "./reason-field";
import { TimeNote } from "./time-note";

interface RescheduleDialogProps {
  interview: Interview;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function RescheduleDialog({ interview, open, onOpenChange }: RescheduleDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>Plan a new time</DialogTitle>
          <DialogDescription>
            Everyone gets an e-mail with the new time. The candidate's link stays the same.
          </DialogDescription>
        </DialogHeader>
        <RescheduleForm interview={interview} close={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function RescheduleForm({ interview, close }: { interview: Interview; close: () => void }) {
  const now = useNow();
  const reschedule = useRescheduleInterview(interview.id);
  const interviews = useLive("interviews.open", {});
  const [draft, setDraft] = useState(() => {
    const before = draftOf(interview);
    const start = startOfDraft(before);
    return { ...before, ...whenOf(start && start > now ? start : nextSlot(now)) };
  });
  const [reason, setReason] = useState("");
  const start = startOfDraft(draft);
  const planned = { minutes: draft.minutes, interviewerIds: draft.interviewerIds };
  const clashes = start
    ? clashesWith({ start, ...planned, ignoreId: interview.id }, interviews.data ?? [])
    : [];
  const problem = reschedule.error ? problemOf(reschedule.error) : null;
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (start === null) return;
    const before = isOver(interview) ? null : interview.scheduled_for;
    const plan = { scheduled_for: start.toISOString(), duration_minutes: draft.minutes };
    reschedule.mutateAsync({ ...plan, reason: reason.trim() }).then(
      () => {
        close();
        const undo = () =>
          reschedule.mutate(
            { scheduled_for: before ?? "", duration_minutes: interview.duration_minutes, reason: "" },
            { onError: toastProblem },
          );
        toast(`Moved to ${dayAndTime(start, now, ownTimeStyle())}`, {
          action: before === null ? undefined : { label: "Undo", run: undo },
        });
      },
      // The form shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <TimeFields
        draft={draft}
        onChange={(part) => setDraft({ ...draft, ...part })}
        error={errors.scheduled_for}
        note={
          <TimeNote
            start={start}
            {...planned}
            now={now}
            clashes={clashes}
            candidateZone={draft.candidateZone}
          />
        }
      />
      <LengthField minutes={draft.minutes} onChange={(minutes) => setDraft({ ...draft, minutes })} />
      <ReasonField value={reason} onChange={setReason} />
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Keep the old time
        </Button>
        <Button type="submit" disabled={reschedule.isPending || start === null}>
          {reschedule.isPending ? "Saving…" : "Plan this time"}
        </Button>
      </DialogFooter>
    </form>
  );
}
