import { LockIcon, LockOpenIcon } from "lucide-react";
import { useState } from "react";
import { lockRoom } from "@/api/calls";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";

/** Closes the room to who is not in it yet; who is inside stays. */
export function LockButton({ interviewId, isLocked }: { interviewId: string; isLocked: boolean }) {
  const [isBusy, setIsBusy] = useState(false);
  const press = () => {
    setIsBusy(true);
    lockRoom(interviewId, !isLocked)
      .catch(toastProblem)
      .finally(() => setIsBusy(false));
  };
  return (
    <Button
      variant="outline"
      className="w-full"
      aria-pressed={isLocked}
      disabled={isBusy}
      onClick={press}
      data-testid="lock-room"
    >
      {isLocked ? <LockIcon aria-hidden /> : <LockOpenIcon aria-hidden />}
      {isLocked ? "Locked: let people knock again" : "Lock the room"}
    </Button>
  );
}
