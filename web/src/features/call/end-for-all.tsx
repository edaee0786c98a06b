/** Ending the interview for everyone: beside Leave, behind one more question, because it cannot be undone. */
import { ChevronUpIcon, PhoneOffIcon } from "lucide-react";
import { useState } from "react";
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
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";

export function EndForAll({ onEnd }: { onEnd: () => Promise<void> }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <button
            type="button"
            aria-label="More ways to leave"
            data-testid="leave-menu"
            className="grid h-11 w-8 place-items-center rounded-r-xl border-white/25 border-l bg-[oklch(0.55_0.21_26)] text-white transition-colors hover:bg-[oklch(0.5_0.2_26)]"
          >
            <ChevronUpIcon className="size-4" aria-hidden />
          </button>
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top" align="end">
          <DropdownMenuItem variant="destructive" data-testid="end-call" onSelect={() => setAsking(true)}>
            <PhoneOffIcon /> End for everyone…
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <AlertDialog open={isAsking} onOpenChange={setAsking}>
        <AlertDialogContent>
          <AlertDialogHeader>
            <AlertDialogTitle>End the interview for everyone?</AlertDialogTitle>
            <AlertDialogDescription>
              The call closes for all, a running recording stops and is kept, and nobody can come back in.
            </AlertDialogDescription>
          </AlertDialogHeader>
          <AlertDialogFooter>
            <AlertDialogCancel>Go on with the call</AlertDialogCancel>
            <AlertDialogAction
              variant="destructive"
              data-testid="end-call-confirm"
              onClick={() => void onEnd()}
            >
              End for everyone
            </AlertDialogAction>
          </AlertDialogFooter>
        </AlertDialogContent>
      </AlertDialog>
    </>
  );
}
