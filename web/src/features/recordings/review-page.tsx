/** One recording: playing it when it is ready, saying where it is when not. */
import { Link } from "@tanstack/react-router";
import { VideoOffIcon } from "lucide-react";
import type { Problem } from "@/api/client";
import { useLive } from "@/api/live";
import type { Recording } from "@/api/types";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { RecordingPageHeader } from "./recording-page-header";
import { Failed, NothingRecorded, Processing, StillRecording } from "./recording-states";
import { ReviewPlayer } from "./review-player";

/** `startAt` in seconds of its timeline. */
export function ReviewPage({ recordingId, startAt }: { recordingId: string; startAt: number }) {
  const { data: recording, problem } = useLive("recordings.get", { recording_id: recordingId });
  useTitle(recording && `Recording of ${recording.interview.title}`);
  if (problem !== null) return <Unplayable problem={problem} />;
  return (
    <div className="flex min-h-dvh flex-col lg:h-dvh">
      <RecordingPageHeader recording={recording} />
      {recording === undefined ? <PlayerSkeleton /> : <Content recording={recording} startAt={startAt} />}
    </div>
  );
}

function Content({ recording, startAt }: { recording: Recording; startAt: number }) {
  if (recording.state === "recording") return <StillRecording recording={recording} />;
  if (recording.state === "processing") return <Processing recording={recording} />;
  const playable = recording.tracks.some((track) => track.media_url !== null);
  // What could be prepared is shown, whatever became of the rest.
  if (playable) return <ReviewPlayer key={recording.id} recording={recording} startAt={startAt} />;
  return recording.state === "failed" ? (
    <Failed recording={recording} />
  ) : (
    <NothingRecorded recording={recording} />
  );
}

/** An identifier that cannot be one (422) comes of a damaged address as well. */
function Unplayable({ problem }: { problem: Problem }) {
  const isUnknown = problem.status === 404 || problem.status === 422;
  const actions = (
    <Button asChild size="lg">
      <Link to="/recordings">All recordings</Link>
    </Button>
  );
  return (
    <MessagePage
      icon={VideoOffIcon}
      title={isUnknown ? "There is no such recording" : problem.title}
      actions={actions}
    >
      {isUnknown
        ? "The address may be incomplete, or the recording belongs to another organisation."
        : problem.detail}
    </MessagePage>
  );
}

function PlayerSkeleton() {
  return (
    <div className="flex flex-1 flex-col gap-4 p-4 sm:p-5">
      <Skeleton className="aspect-video w-full flex-1 rounded-xl lg:aspect-auto" />
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-36 w-full" />
    </div>
  );
}
