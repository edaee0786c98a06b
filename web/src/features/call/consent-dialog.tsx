/** The candidate looks at their choice again during the call, and may take it back or widen it. */
import { useState } from "react";
import { chooseConsent } from "@/api/calls";
import type { RecordingQuestion, RecordingScope } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { ConsentChoice } from "./consent-choice";

interface ConsentDialogProps {
  question: RecordingQuestion;
  guestToken: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const DONE: Record<RecordingScope, string> = {
  all: "Your picture, voice and screen may be recorded.",
  audio: "Only your voice is recorded from now on.",
  none: "Nothing of you is recorded any more.",
};

export function ConsentDialog({ question, guestToken, open, onOpenChange }: ConsentDialogProps) {
  const [wanted, setWanted] = useState<RecordingScope>();
  const [isBusy, setBusy] = useState(false);
  const chosen = wanted ?? question.chosen;
  const save = async () => {
    if (chosen === null) return;
    setBusy(true);
    try {
      await chooseConsent(guestToken, question.question, chosen);
      toast(DONE[chosen]);
      onOpenChange(false);
    } catch (error) {
      toastProblem(error);
    } finally {
      setBusy(false);
      setWanted(undefined);
    }
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent aria-describedby={undefined}>
        <DialogHeader>
          <DialogTitle>What is recorded of you</DialogTitle>
        </DialogHeader>
        <ConsentChoice question={question} chosen={chosen} onChoose={setWanted} />
        <Button
          data-testid="save-consent"
          disabled={isBusy || chosen === null || chosen === question.chosen}
          onClick={() => void save()}
        >
          {isBusy ? "Saving…" : "Save my choice"}
        </Button>
      </DialogContent>
    </Dialog>
  );
}
