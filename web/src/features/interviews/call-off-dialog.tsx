import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useCallOff, useRescheduleInterview } from "@/api/interviews";
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
import { ReasonField } from "./reason-field";

const WORDS = {
  cancel: {
    title: "Cancel this interview?",
    text: "The candidate and the interviewers get an e-mail, and the candidate's link says so. You can plan it for a new time later.",
    keep: "Keep it",
    act: "Cancel interview",
    done: "The interview was cancelled",
  },
  "no-show": {
    title: "The candidate did not come?",
    text: "The room closes, and the interview counts as not held. You can plan it for a new time later.",
    keep: "Keep waiting",
    act: "Note as no-show",
    done: "Noted as no-show",
  },
} as const;

interface CallOffDialogProps {
  interview: Interview;
  how: keyof typeof WORDS;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CallOffDialog({ interview, how, open, onOpenChange }: CallOffDialogProps) {
  const words = WORDS[how];
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{words.title}</DialogTitle>
          <DialogDescription>{words.text}</DialogDescription>
        </DialogHeader>
        <CallOffForm interview={interview} how={how} close={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function CallOffForm({
  interview,
  how,
  close,
}: Omit<CallOffDialogProps, "open" | "onOpenChange"> & { close: () => void }) {
  const words = WORDS[how];
  const callOff = useCallOff(interview.id, how);
  const reschedule = useRescheduleInterview(interview.id);
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    callOff.mutateAsync(reason.trim()).then(
      () => {
        close();
        const before = interview.scheduled_for;
        const undo = () =>
          reschedule.mutate({ scheduled_for: before ?? "", reason: "" }, { onError: toastProblem });
        // Without a time there is none to go back to.
        toast(words.done, before === null ? {} : { action: { label: "Undo", run: undo } });
      },
      // The form shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {callOff.error && <ProblemNotice problem={problemOf(callOff.error)} />}
      <ReasonField value={reason} onChange={setReason} />
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          {words.keep}
        </Button>
        <Button type="submit" variant="destructive" disabled={callOff.isPending}>
          {words.act}
        </Button>
      </DialogFooter>
    </form>
  );
}
