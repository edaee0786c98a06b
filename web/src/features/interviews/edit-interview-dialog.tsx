import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useChangeInterview } from "@/api/interviews";
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
import { fieldErrors } from "@/lib/field-errors";
import { bodyOf, draftOf } from "./draft";
import { InterviewFields } from "./interview-form";

interface EditInterviewDialogProps {
  interview: Interview;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function EditInterviewDialog({ interview, open, onOpenChange }: EditInterviewDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>Edit interview</DialogTitle>
          <DialogDescription>The candidate's link stays the same.</DialogDescription>
        </DialogHeader>
        <EditForm interview={interview} close={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function EditForm({ interview, close }: { interview: Interview; close: () => void }) {
  const change = useChangeInterview(interview.id);
  const [draft, setDraft] = useState(() => draftOf(interview));
  const problem = change.error ? problemOf(change.error) : null;
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const before = bodyOf(draftOf(interview));
    change.mutateAsync(bodyOf(draft)).then(
      () => {
        close();
        const undo = () => void change.mutateAsync(before).catch(toastProblem);
        toast("Saved", { action: { label: "Undo", run: undo } });
      },
      // The form shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-6">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <InterviewFields
        draft={draft}
        onChange={(part) => setDraft({ ...draft, ...part })}
        errors={errors}
        kit={interview.kit}
        hasNow={interview.scheduled_for === null}
      />
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={change.isPending || draft.title.trim() === ""}>
          {change.isPending ? "Saving…" : "Save"}
        </Button>
      </DialogFooter>
    </form>
  );
}
