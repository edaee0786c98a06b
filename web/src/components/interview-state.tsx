import type { Interview } from "@/api/types";
import { Badge } from "@/components/ui/badge";

export function LiveDot() {
  return (
    <span className="relative flex size-2" aria-hidden="true">
      <span className="absolute inline-flex size-full animate-ping rounded-full bg-live opacity-60 motion-reduce:hidden" />
      <span className="relative inline-flex size-2 rounded-full bg-live" />
    </span>
  );
}

type Shown = Pick<Interview, "state" | "outcome" | "is_recording" | "scheduled_for">;

const OUTCOMES: Record<string, string> = { pass: "Passed", fail: "Failed", hold: "On hold" };

/** An interview's state in a word. */
export function InterviewStateBadge({ interview }: { interview: Shown }) {
  if (interview.is_recording) {
    return (
      <Badge variant="recording">
        <span className="size-2 animate-pulse rounded-full bg-recording" aria-hidden="true" />
        Recording
      </Badge>
    );
  }
  switch (interview.state) {
    case "live":
      return (
        <Badge variant="live">
          <LiveDot />
          Live
        </Badge>
      );
    case "waiting":
      return <Badge variant="warning">Candidate waiting</Badge>;
    case "scheduled":
      return <Badge variant="outline">{interview.scheduled_for ? "Scheduled" : "Open"}</Badge>;
    case "ended":
      return <Badge variant="secondary">Ended</Badge>;
    case "evaluated":
      return <Badge variant="secondary">Evaluated</Badge>;
    case "decided":
      return <Badge variant="secondary">{OUTCOMES[interview.outcome ?? ""] ?? "Decided"}</Badge>;
    case "cancelled":
      return <Badge variant="outline">Cancelled</Badge>;
    case "no_show":
      return <Badge variant="outline">No-show</Badge>;
  }
}
