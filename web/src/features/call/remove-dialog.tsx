/** Taking somebody out of the call, behind one question: may they knock again? */
import { useId, useState } from "react";
import { removePerson } from "@/api/floor";
import { toastProblem } from "@/components/toaster";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import { isolated } from "@/lib/person";
import type { Person } from "./people";

interface RemoveDialogProps {
  person: Person;
  interviewId: string;
  onClose: () => void;
}

export function RemoveDialog({ person, interviewId, onClose }: RemoveDialogProps) {
  const [mayReturn, setMayReturn] = useState(true);
  const id = useId();
  const isObserver = person.role === "observer";
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()}>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>Take {isolated(person.name)} out of the call?</AlertDialogTitle>
          <AlertDialogDescription>
            {isObserver
              ? "Their personal link stops working, and they can no longer watch this interview."
              : "They leave at once and see a page that says so. You can let them back in under People."}
          </AlertDialogDescription>
        </AlertDialogHeader>
        {!isObserver && (
          <div className="flex items-center gap-3">
            <Switch id={id} checked={mayReturn} onCheckedChange={setMayReturn} data-testid="may-return" />
            <Label htmlFor={id}>They may knock again</Label>
          </div>
        )}
        <AlertDialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <AlertDialogAction
            variant="destructive"
            data-testid="remove-confirm"
            onClick={() => void removePerson(interviewId, person.identity, mayReturn).catch(toastProblem)}
          >
            Take out
          </AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
