/** Giving the candidate time to work unwatched. */
import { useState } from "react";
import { beginFocus } from "@/api/floor";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";

const LENGTHS = [3, 5, 10, 15, 20];

interface FocusDialogProps {
  interviewId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function FocusDialog({ interviewId, open, onOpenChange }: FocusDialogProps) {
  const [minutes, setMinutes] = useState(5);
  const begin = () => void beginFocus(interviewId, minutes).then(() => onOpenChange(false), toastProblem);
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-md">
        <DialogHeader>
          <DialogTitle>Focus time</DialogTitle>
          <DialogDescription>
            The candidate works unwatched: their camera, microphone and screen are off, and you both see how
            much time is left. Either of you can end it early.
          </DialogDescription>
        </DialogHeader>
        <ToggleGroup
          type="single"
          aria-label="Minutes"
          value={String(minutes)}
          onValueChange={(value) => value !== "" && setMinutes(Number(value))}
        >
          {LENGTHS.map((each) => (
            <ToggleGroupItem key={each} value={String(each)} data-testid={`focus-${each}`}>
              {each} min
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
        <Button data-testid="begin-focus" onClick={begin}>
          Begin {minutes} minutes of focus time
        </Button>
      </DialogContent>
    </Dialog>
  );
}
