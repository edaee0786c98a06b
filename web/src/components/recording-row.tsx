import { Link } from "@tanstack/react-router";
import { CircleAlertIcon, PlayIcon } from "lucide-react";
import type { Recording } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { isolated } from "@/lib/person";
import { bytesIn, peopleIn, secondsOf, sizeLabel } from "@/lib/recording-facts";
import { dayAndTime, lengthOf, ownTimeStyle } from "@/lib/time";

/** One recording in a list, linked to where it is played. */
export function RecordingRow({ recording, isTitled = true }: { recording: Recording; isTitled?: boolean }) {
  const now = useNow();
  const when = dayAndTime(new Date(recording.started_at), now, ownTimeStyle());
  const people = peopleIn(recording).map(isolated).join(", ");
  return (
    <Link
      to="/recordings/$id"
      params={{ id: recording.id }}
      className="-outline-offset-2 group flex min-h-16 items-center gap-3 px-4 py-2.5 transition-colors hover:bg-muted"
    >
      <RecordingSign state={recording.state} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{isTitled ? recording.interview.title : when}</span>
        <span className="block truncate text-[13px] text-muted-foreground">
          {[isTitled ? when : null, people].filter(Boolean).join(" · ")}
        </span>
      </span>
      <RecordingFacts recording={recording} now={now} />
    </Link>
  );
}

function RecordingSign({ state }: { state: Recording["state"] }) {
  const box = "grid size-9 shrink-0 place-items-center rounded-lg";
  switch (state) {
    case "ready":
      return (
        <span className={`${box} bg-secondary transition-colors group-hover:bg-accent`}>
          <PlayIcon className="size-4 fill-current" />
        </span>
      );
    case "recording":
      return (
        <span className={`${box} bg-recording-surface`}>
          <span className="size-2.5 animate-pulse rounded-full bg-recording" />
        </span>
      );
    case "processing":
      return (
        <span className={`${box} bg-secondary`}>
          <span className="size-4 animate-spin rounded-full border-2 border-muted-foreground/30 border-t-foreground motion-reduce:animate-none" />
        </span>
      );
    case "failed":
      return (
        <span className={`${box} bg-recording-surface`}>
          <CircleAlertIcon className="size-4 text-destructive" />
        </span>
      );
  }
}

function RecordingFacts({ recording, now }: { recording: Recording; now: Date }) {
  const length = lengthOf(secondsOf(recording, now));
  switch (recording.state) {
    case "recording":
      return <span className="shrink-0 font-medium text-[13px] text-destructive">Recording · {length}</span>;
    case "processing":
      return (
        <span className="shrink-0 text-[13px] text-muted-foreground tabular-nums">
          Preparing · {Math.round(recording.progress * 100)} %
        </span>
      );
    case "failed":
      return <span className="shrink-0 font-medium text-[13px] text-destructive">Failed</span>;
    case "ready":
      return (
        <span className="shrink-0 text-right text-[13px] text-muted-foreground tabular-nums">
          {length}
          <span className="max-sm:hidden"> · {sizeLabel(bytesIn(recording))}</span>
        </span>
      );
  }
}
