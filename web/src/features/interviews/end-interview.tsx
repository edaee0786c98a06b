import { useEndInterview } from "@/api/interviews";
import type { Interview } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";

/** Ends an interview for good: it cannot be undone, so it is asked for. */
export function EndInterview({ interview }: { interview: Interview }) {
  const end = useEndInterview(interview.id);
  // Not mutate's own callbacks: this button is gone by the time the answer is there.
  const run = () => end.mutateAsync().then(() => toast("The interview has ended"), toastProblem);
  const consequences = [
    interview.state === "live" ? "Everyone leaves the call at once." : "",
    interview.is_recording ? "The recording stops and is kept." : "",
    "The candidate's link no longer opens it. This cannot be undone.",
  ];
  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button
          variant="outline"
          className="w-full text-destructive hover:text-destructive"
          disabled={end.isPending}
        >
          End interview
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>End this interview?</AlertDialogTitle>
          <AlertDialogDescription>{consequences.filter(Boolean).join(" ")}</AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <AlertDialogAction variant="destructive" onClick={run}>
            End interview
          </AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
