import type { InterviewState } from "@/api/types";
import { Badge } from "@/components/ui/badge";

export function LiveDot() {
  return (
    <span className="relative flex size-2" aria-hidden="true">
      <span className="absolute inline-flex size-full animate-ping rounded-full bg-live opacity-60 motion-reduce:hidden" />
      <span className="relative inline-flex size-2 rounded-full bg-live" />
    </span>
  );
}

/** An interview's state in a word. */
export function InterviewStateBadge({
  state,
  isRecording,
}: {
  state: InterviewState;
  isRecording?: boolean;
}) {
  if (isRecording) {
    return (
      <Badge variant="recording">
        <span className="size-2 animate-pulse rounded-full bg-recording" aria-hidden="true" />
        Recording
      </Badge>
    );
  }
  switch (state) {
    case "live":
      return (
        <Badge variant="live">
          <LiveDot />
          Live
        </Badge>
      );
    case "scheduled":
      return <Badge variant="outline">Scheduled</Badge>;
    case "ended":
      return <Badge variant="secondary">Ended</Badge>;
  }
}
